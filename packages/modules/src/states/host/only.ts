import { z } from 'zod';
import { commaList, defineState, lineText } from '../../kit/index.ts';
import { hostsFile, hostsOutcome, readHostsFile } from '../../providers/hosts/hosts-state.ts';
import { namesOf, setNames } from '../../providers/hosts/hosts-text.ts';

/** `host.only` */
export const only = defineState({
  name: 'host.only',
  summary: 'Keeps exactly these names with an address of the hosts file.',
  args: z.object({
    name: lineText().describe('The address.'),
    hostnames: commaList().describe('Its names.'),
  }),
  examples: [
    `127.0.1.1:
  host.only:
    - hostnames: [web1.example.net, web1]`,
  ],
  async check({ name: address, hostnames }, context) {
    const path = hostsFile(context);
    const before = await readHostsFile(context.host, path);
    const current = (namesOf(before, address) ?? []).join(' ');
    const wanted = hostnames.join(' ');
    if (current === wanted)
      return hostsOutcome({
        path,
        lines: before,
        settled: [`IP address ${address} already set to "${wanted}"`],
        pending: [],
        done: [],
        changes: {},
      });
    const lines = setNames(before, address, hostnames);
    const changes = { [address]: { old: current, new: wanted } };
    const pending = [`Would change ${address} from "${current}" to "${wanted}"`];
    const done = [`successfully changed ${address} from "${current}" to "${wanted}"`];
    return hostsOutcome({ path, lines, settled: [], pending, done, changes, keepsOthers: true });
  },
});
