import { decodeValue, encodeValue } from '@brine/common';
import type { FunctionContext } from '@brine/modules/kit';
import { ask, type MasterLink } from './master-link.ts';

/** The parts of the daemon that start jobs by themselves, as functions reach them. */
export function createCompanionsPort(daemon: MasterLink): NonNullable<FunctionContext['companions']> {
  return {
    ask: async (name, request) => {
      const { answer } = await ask(daemon, 'local.companion', { name, request: encodeValue(request) });
      return answer instanceof Uint8Array ? decodeValue(answer) : null;
    },
  };
}
