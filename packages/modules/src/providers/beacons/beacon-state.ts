import { AppError, isDict, pythonStr, type CheckOutcome, type Dict, type Value } from '@brine/common';
import { flag, text, willChange, withDefault, type Host, type StateContext } from '../../kit/index.ts';

/** The arguments that all states of beacons have. */
export const nameArgument = { name: text().describe('The name of the beacon.') };
export const saveArgument = {
  save: withDefault(flag(), false).describe('Whether the beacons are written to `beacons.conf` too.'),
};

/** The beacons that are configured. Throws `state-failed` when they cannot be asked for. */
export async function listBeacons(context: StateContext): Promise<Dict> {
  const keywords = new Map<Value, Value>([['return_yaml', false]]);
  const beacons = await context.call('beacons.list', [], keywords).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError({ code: 'state-failed', message: `the beacons cannot be read: ${reason}`, cause });
  });
  return isDict(beacons) ? beacons : new Map();
}

/** A call of a function of `beacons`, and what a state says of it. */
export interface BeaconCall {
  readonly name: string;
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly done: string;
  readonly changes: Readonly<Record<string, string>>;
  readonly save: boolean;
}

/** The outcome that calls a function; its own dry run says what a dry run says. */
export async function willCall(context: StateContext, call: BeaconCall): Promise<CheckOutcome<Host>> {
  const { name, fun, positional, done, changes, save } = call;
  const foretold = await context.call(fun, positional, new Map<Value, Value>([['test', true]]));
  const comment = [commentOf(foretold), ...(save ? [`Beacon ${name} would be saved`] : [])].join('\n');
  return willChange({ comment, changes }, async () => {
    const answer = await context.call(fun, positional, new Map());
    if (!isDict(answer) || answer.get('result') !== true)
      return { comment: commentOf(answer), changes: {}, failed: true };
    if (!save) return { comment: done, changes };
    const saved = await context.call('beacons.save', [], new Map());
    if (!isDict(saved) || saved.get('result') !== true) return { comment: commentOf(saved), changes, failed: true };
    return { comment: `${done}\nBeacon ${name} saved`, changes };
  });
}

function commentOf(answer: Value): string {
  return pythonStr(isDict(answer) ? (answer.get('comment') ?? '') : answer);
}

/** Whether a beacon is switched on, which it is unless its configuration says otherwise. */
export function isOn(config: Value): boolean {
  const items = Array.isArray(config) ? config : [config];
  return !items.some((item) => isDict(item) && item.get('enabled') === false);
}
