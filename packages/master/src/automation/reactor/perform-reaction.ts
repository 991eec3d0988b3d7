import { AppError, isAppError, targetTypes, type Dict, type Target } from '@brine/common';
import type { Caller, MasterCall, RunnerControl, WheelControl } from '@brine/api';
import { trustedOrigins, type EventOrigin } from '../../events/event-origin.ts';
import type { Dispatcher } from '../../jobs/dispatcher.ts';
import { durableRunners } from '../../orchestration/durable-runners.ts';
import { argumentsOf, invalidReaction, targetOfReaction } from './reaction-call.ts';
import type { Reaction } from './reaction.ts';
import type { ReactorRule } from './reactor-rules.ts';
import { runDurably, type DurableReactionPorts, type ReactionPlace } from './run-durably.ts';

/** What reactions reach. */
export interface ReactionPorts extends Omit<DurableReactionPorts, 'runners'> {
  readonly dispatcher: Pick<Dispatcher, 'submit'>;
  readonly runners: Pick<RunnerControl, 'run'>;
  readonly wheel: Pick<WheelControl, 'run'>;
  /** The master's configuration under Salt's key names. */
  readonly options: Dict;
}

/** What reactions call themselves: events of this user bring about no reactions. */
export const reactorUser = 'Reactor';

const caller: Caller = { via: 'master', user: reactorUser };

/** Throws `reaction-refused` when an event of this origin may not bring about what a reaction does. */
export function requireOrigin({ type }: Reaction, rule: ReactorRule, origin: EventOrigin): void {
  if (type === 'local' || rule.origins !== undefined || trustedOrigins.has(origin)) return;
  const message = `the event comes from a ${origin}, and the rule for '${rule.tag}' names no origins: a ${type} function needs them`;
  throw new AppError({ code: 'reaction-refused', message });
}

/** Does what a reaction says, and waits until it is done: for `local`, until the job is taken. */
export async function performReaction(reaction: Reaction, place: ReactionPlace, ports: ReactionPorts): Promise<void> {
  const { type, fun } = reaction;
  const call = { fun, ...argumentsOf(reaction) };
  if (type === 'local') {
    const { expression, type: given, timeout, ...wish } = targetOfReaction(reaction);
    const wait = timeout ?? ports.options.get('timeout');
    const deliverWithin = 1000 * (typeof wait === 'number' && wait > 0 ? wait : 5);
    const target: Target = { type: targetType(given), expression };
    await ports.dispatcher.submit({ ...call, ...wish, target, deliverWithin }, caller);
    return;
  }
  if (type === 'runner' || type === 'caller') {
    await runRunner(type === 'runner' ? call : onTheMaster(call), place, ports);
    return;
  }
  const { data } = await ports.wheel.run(call, caller);
  if (data.get('success') !== true) throw failed(fun, data.get('return'));
}

/** A call of an execution function on the machine of the master itself. */
function onTheMaster({ fun, positional, keyword }: MasterCall): MasterCall {
  return { fun: 'salt.cmd', positional: [fun, ...positional], keyword };
}

async function runRunner(call: MasterCall, place: ReactionPlace, ports: ReactionPorts): Promise<void> {
  try {
    const isDurable = durableRunners.has(call.fun);
    const { retcode, value } = isDurable
      ? await runDurably(call, { place, caller }, ports)
      : await ports.runners.run(call, caller);
    if (retcode !== 0) throw failed(call.fun, value);
  } catch (error) {
    // What was begun goes on at the next start of the master.
    if (!isAppError(error) || error.code !== 'orchestration-suspended') throw error;
  }
}

function targetType(given: string): Target['type'] {
  const type = targetTypes.find((one) => one === given);
  if (type === undefined) throw invalidReaction(`'${given}' is no kind of targets`);
  return type;
}

function failed(fun: string, value: unknown): AppError {
  const said = typeof value === 'string' ? `: ${value}` : '';
  return new AppError({ code: 'reaction-failed', message: `${fun} failed${said}` });
}
