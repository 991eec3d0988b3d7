import { pythonStr, type JobStatus, type Value } from '@brine/common';
import type { MinionAnswer, OrchestrationPort } from '@brine/modules/kit';
import type { Step, StepGate } from '@brine/sls';
import { asDict, asList } from '../orchestration-record.ts';
import type { MasterAsker } from './master-asker.ts';

/** What the ports of steps share. */
export interface StepPortParts {
  readonly asker: MasterAsker;
  readonly gate: StepGate;
  /** Whether a step may be run twice. */
  readonly isRetryable: (tag: string) => boolean;
}

/**
 * Creates ports for steps. A step that does the same part several times (`retry`) does another one each time, in the same
 * order after a restart as before.
 */
export function createStepPorts({ asker, gate, isRetryable }: StepPortParts): (tag?: string) => OrchestrationPort {
  const counts = new Map<string, number>();
  const keyOf = (tag: string, part: string): string => {
    const key = `${tag} ${part}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return `${key} ${count}`;
  };
  return (tag) => {
    // What no step does, a template does: it is not written down.
    const call = (part: string) => (tag === undefined ? {} : { key: keyOf(tag, part), isRetryable: isRetryable(tag) });
    return {
      async runOnMinions({ target, positional, keyword, ...rest }, part = '') {
        const body = { ...rest, target: { ...target }, positional: [...positional], keyword };
        const answer = asDict(await asker.ask('minions', { ...call(part), call: body }));
        const jid = answer.get('jid');
        return {
          ...(typeof jid === 'string' ? { jid } : {}),
          answers: new Map([...asDict(answer.get('answers'))].map(([id, given]) => [pythonStr(id), toAnswer(given)])),
        };
      },
      async runOnMaster({ kind, fun, positional, keyword }, part = '') {
        const body = { kind, fun, positional: [...positional], keyword };
        const answer = asDict(await asker.ask('function', { ...call(part), call: body }));
        const jid = answer.get('jid');
        return {
          ...(typeof jid === 'string' ? { jid } : {}),
          value: answer.get('value') ?? null,
          isSuccess: answer.get('isSuccess') === true,
        };
      },
      async awaitEvents({ tag: eventTag, key, values, timeout }) {
        const body = { tag: eventTag, member: key, values: [...values], timeout };
        const answer = asDict(await asker.ask('events', { ...call('events'), ...body }));
        return {
          seen: asList(answer.get('seen')),
          isComplete: answer.get('isComplete') === true,
          seconds: Number(pythonStr(answer.get('seconds') ?? 0)),
        };
      },
      resolve: async (target) => asList(await asker.ask('resolve', { target: { ...target } })).map(pythonStr),
      keep: async (name, value) => void (await asker.ask('keep', { key: `${tag ?? ''} ${name}`, value })),
      async kept(name) {
        const answer = asDict(await asker.ask('kept', { key: `${tag ?? ''} ${name}` }));
        return answer.get('value');
      },
      // Marks name a step by its id alone.
      gate: async (id) => gate.beforeStep({ id } as Step),
    };
  };
}

function toAnswer(value: Value): MinionAnswer {
  const answer = asDict(value);
  return {
    status: pythonStr(answer.get('status') ?? '') as JobStatus,
    value: answer.get('value') ?? null,
    retcode: Number(answer.get('retcode') ?? 1),
  };
}
