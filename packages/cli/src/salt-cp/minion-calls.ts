import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { bodyOf, type ControlClient } from '../connection/control-client.ts';
import type { jobTerms } from '../connection/job-terms.ts';
import { textForStatus } from '../salt/status-text.ts';

/** What a minion made of a call. */
export interface CallAnswer {
  /** What it answered, or why it did not. */
  readonly value: Value;
  readonly isGood: boolean;
}

/** Calls a function on the named minions and waits for all of them. */
export type MinionCalls = (
  minions: readonly string[],
  call: { readonly function: string; readonly positional: Value[]; readonly keyword?: Dict },
) => Promise<ReadonlyMap<string, CallAnswer>>;

/** Calls through a master. */
export function createMinionCalls(client: ControlClient, terms: ReturnType<typeof jobTerms>): MinionCalls {
  return async (minions, call) => {
    const target = bodyOf({ type: 'list', expression: minions.join(',') });
    const body = bodyOf({ ...terms, keyword: new Map(), ...call, target, follow: true });
    const answers = new Map<string, CallAnswer>();
    let jid = '';
    for await (const event of client.stream('POST', '/v1/jobs', body)) {
      if (!isDict(event)) continue;
      const kind = event.get('kind');
      if (kind === 'submitted') jid = pythonStr(event.get('jid') ?? '');
      if (kind === 'return' || kind === 'unreachable') {
        answers.set(pythonStr(event.get('minion') ?? ''), answerOf(event, jid));
      }
    }
    return answers;
  };
}

function answerOf(event: Dict, jid: string): CallAnswer {
  const status = event.get('kind') === 'unreachable' ? 'unreachable' : pythonStr(event.get('status') ?? '');
  const value = event.get('value') ?? null;
  if (status === 'ok') return { value, isGood: event.get('retcode') === 0 };
  return { value: value ?? textForStatus(status, jid), isGood: false };
}
