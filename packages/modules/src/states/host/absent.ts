import { z } from 'zod';
import { commaList, defineState, lineText } from '../../kit/index.ts';
import { hostsFile, hostsOutcome, readHostsFile, tellAll } from '../../providers/hosts/hosts-state.ts';
import { namesOf, removeName } from '../../providers/hosts/hosts-text.ts';

/** `host.absent` */
export const absent = defineState({
  name: 'host.absent',
  summary: 'Takes a name from addresses of the hosts file.',
  args: z.object({
    name: lineText().describe('The name.'),
    ip: commaList().describe('The address, or several.'),
  }),
  examples: [
    `old.example.net:
  host.absent:
    - ip: 10.0.0.5`,
  ],
  async check({ name, ip }, context) {
    const path = hostsFile(context);
    let lines = await readHostsFile(context.host, path);
    const [settled, pending, done]: [string[], string[], string[]] = [[], [], []];
    for (const address of ip) {
      if (namesOf(lines, address)?.includes(name) !== true)
        tellAll([settled, pending, done], `Host ${name} (${address}) already absent`);
      else {
        lines = removeName(lines, address, name);
        pending.push(`Host ${name} (${address}) needs to be removed`);
        done.push(`Removed host ${name} (${address})`);
      }
    }
    const changes = pending.length > settled.length ? { host: name } : {};
    return hostsOutcome({ path, lines, settled, pending, done, changes, keepsOthers: true });
  },
});
