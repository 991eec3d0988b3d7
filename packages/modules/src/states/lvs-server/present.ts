import { z } from 'zod';
import { defineState, isOk, lineText } from '../../kit/index.ts';
import {
  forwardMethod,
  hasServer,
  readRules,
  serverAddress,
  serverWords,
  serviceArguments,
  serviceWords,
  weight,
} from '../../providers/lvs/ipvsadm.ts';
import { willChangeRules } from '../../providers/lvs/will-change-rules.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `lvs_server.present` */
export const present = defineState({
  name: 'lvs_server.present',
  summary: 'Keeps a server of a virtual service of LVS (Linux Virtual Server).',
  args: z.object({
    name: lineText().describe('Any name; comments have it.'),
    ...serviceArguments,
    server_address: serverAddress,
    packet_forward_method: forwardMethod,
    weight,
  }),
  examples: [
    `web1:
  lvs_server.present:
    - protocol: tcp
    - service_address: 192.0.2.1:80
    - server_address: 192.168.0.11:8080
    - packet_forward_method: dr
    - weight: 10`,
  ],
  check: ({ name, protocol, service_address: address, ...wish }, { host }) =>
    orFailure(async () => {
      const service = { protocol, service_address: address };
      const words = [...serviceWords(service), ...serverWords(wish)];
      const subject = `${name} in service ${address}(${protocol})`;
      const rules = await readRules(host);
      if (hasServer(rules, service, wish)) return isOk(`LVS Server ${subject} is present`);
      if (hasServer(rules, service, { server_address: wish.server_address }))
        return willChangeRules({
          words: ['-e', ...words],
          pending: {
            comment: `LVS Server ${subject} is present but some options should update`,
            changes: { [name]: 'Update' },
          },
          done: `LVS Server ${subject} has been updated`,
          failed: (complaint) => `LVS Server ${subject} update failed(${complaint})`,
        });
      return willChangeRules({
        words: ['-a', ...words],
        pending: {
          comment: `LVS Server ${subject} is not present and needs to be created`,
          changes: { [name]: 'Present' },
        },
        done: `LVS Server ${subject} has been created`,
        failed: (complaint) => `LVS Service ${subject} create failed(${complaint})`,
      });
    }),
});
