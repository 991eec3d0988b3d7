import { z } from 'zod';
import { defineState, isOk, lineText, operand, withDefault } from '../../kit/index.ts';
import { hasService, readRules, serviceArguments, serviceWords } from '../../providers/lvs/ipvsadm.ts';
import { willChangeRules } from '../../providers/lvs/will-change-rules.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `lvs_service.present` */
export const present = defineState({
  name: 'lvs_service.present',
  summary: 'Keeps a virtual service of LVS (Linux Virtual Server).',
  args: z.object({
    name: lineText().describe('Any name; comments have it.'),
    ...serviceArguments,
    scheduler: withDefault(operand(), 'wlc').describe('How a server is chosen for a connection.'),
  }),
  examples: [
    `web:
  lvs_service.present:
    - service_address: 192.0.2.1:80
    - protocol: tcp
    - scheduler: rr`,
  ],
  check: ({ name, scheduler, ...service }, { host }) =>
    orFailure(async () => {
      const words = [...serviceWords(service), '-s', scheduler];
      const rules = await readRules(host);
      if (hasService(rules, service, scheduler)) return isOk(`LVS Service ${name} is present`);
      if (hasService(rules, service))
        return willChangeRules({
          words: ['-E', ...words],
          pending: {
            comment: `LVS Service ${name} is present but some options should update`,
            changes: { [name]: 'Update' },
          },
          done: `LVS Service ${name} has been updated`,
          failed: () => `LVS Service ${name} update failed`,
        });
      return willChangeRules({
        words: ['-A', ...words],
        pending: {
          comment: `LVS Service ${name} is not present and needs to be created`,
          changes: { [name]: 'Present' },
        },
        done: `LVS Service ${name} has been created`,
        failed: (complaint) => `LVS Service ${name} create failed(${complaint})`,
      });
    }),
});
