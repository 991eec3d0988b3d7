import { decodeValue, toValue, type Dict, type Plain } from '@brine/common';
import type { FunctionContext } from '@brine/modules/kit';
import type { CurrentJob } from '../daemon/job-desk.ts';
import { minionError } from '../errors.ts';
import { toldArguments } from '../returns/return-payload.ts';
import { ask, type MasterLink } from './master-link.ts';

const terminating = new Set([1, 2, 15]);
const killing = 9;

/** The jobs of this machine's daemon, as `saltutil.running` and its kin see them: all but the one that asks. */
export function createJobsPort(daemon: MasterLink, ownJid: string): NonNullable<FunctionContext['jobs']> {
  return {
    running: async () => {
      const { jobs } = await ask(daemon, 'local.jobs', {});
      return ((jobs ?? []) as readonly CurrentJob[]).filter(({ jid }) => jid !== ownJid).map(toSaltShape);
    },
    signal: async (jid, signal) => {
      if (signal !== killing && !terminating.has(signal)) {
        throw minionError('signal-unsupported', `signal ${signal} cannot be sent to a job`);
      }
      const { cancelled } = await ask(daemon, 'local.cancel', { jid, force: signal === killing });
      return cancelled === true;
    },
  };
}

function toSaltShape({ jid, fun, argument, user, pid, target }: CurrentJob): Dict {
  const { expression: tgt, type: tgt_type } = target;
  const positional = decodeValue(argument);
  const arg = toldArguments({ fun, positional: Array.isArray(positional) ? positional : [], keyword: new Map() });
  return toValue({ jid, fun, arg, tgt, tgt_type, user, pid, ret: '' } as Plain) as Dict;
}
