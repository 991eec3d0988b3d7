import { z } from 'zod';
import { defineState, isOk, lineText } from '../../kit/index.ts';
import {
  hasServer,
  readRules,
  serverAddress,
  serverWords,
  serviceArguments,
  serviceWords,
} from '../../providers/lvs/ipvsadm.ts';
import { willChangeRules } from '../../providers/lvs/will-change-rules.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `lvs_server.absent` */
export const absent = defineState({
  name: 'lvs_server.absent',
  summary: 'Keeps a server out of a virtual service of LVS (Linux Virtual Server).',
  args: z.object({
    name: lineText().describe('Any name; comments have it.'),
    ...serviceArguments,
    server_address: serverAddress,
  }),
  examples: [
    `web1:
  lvs_server.absent:
    - protocol: tcp
    - service_address: 192.0.2.1:80
    - server_address: 192.168.0.11:8080`,
  ],
  check: ({ name, server_address: server, ...service }, { host }) =>
    orFailure(async () => {
      const wish = { server_address: server };
      const subject = `${name} in service ${service.service_address}(${service.protocol})`;
      if (!hasServer(await readRules(host), service, wish))
        return isOk(`LVS Server ${subject} is not present, so it cannot be removed`);
      return willChangeRules({
        words: ['-d', ...serviceWords(service), ...serverWords(wish)],
        pending: { comment: `LVS Server ${subject} is present and needs to be removed`, changes: { [name]: 'Absent' } },
        done: `LVS Server ${subject} has been removed`,
        failed: (complaint) => `LVS Server ${subject} removed failed(${complaint})`,
      });
    }),
});
