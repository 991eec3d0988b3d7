import { z } from 'zod';
import { defineState, isOk, lineText } from '../../kit/index.ts';
import { hasService, readRules, serviceArguments, serviceWords } from '../../providers/lvs/ipvsadm.ts';
import { willChangeRules } from '../../providers/lvs/will-change-rules.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `lvs_service.absent` */
export const absent = defineState({
  name: 'lvs_service.absent',
  summary: 'Keeps a virtual service of LVS (Linux Virtual Server) out, with its servers.',
  args: z.object({ name: lineText().describe('Any name; comments have it.'), ...serviceArguments }),
  examples: [
    `web:
  lvs_service.absent:
    - service_address: 192.0.2.1:80
    - protocol: tcp`,
  ],
  check: ({ name, ...service }, { host }) =>
    orFailure(async () => {
      if (!hasService(await readRules(host), service))
        return isOk(`LVS Service ${name} is not present, so it cannot be removed`);
      return willChangeRules({
        words: ['-D', ...serviceWords(service)],
        pending: {
          comment: `LVS Service ${name} is present and needs to be removed`,
          changes: { [name]: 'Absent' },
        },
        done: `LVS Service ${name} has been removed`,
        failed: (complaint) => `LVS Service ${name} removed failed(${complaint})`,
      });
    }),
});
