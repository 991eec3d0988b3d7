import { isIP } from 'node:net';
import { z } from 'zod';
import { commaList, defineState, fails, flag, lineText, withDefault } from '../../kit/index.ts';
import { hostsFile, hostsOutcome, readHostsFile } from '../../providers/hosts/hosts-state.ts';
import { planHost } from '../../providers/hosts/plan-host.ts';

/** `host.present` */
export const present = defineState({
  name: 'host.present',
  summary: 'Keeps a name with its addresses in the hosts file.',
  args: z.object({
    name: lineText().describe('The name.'),
    ip: commaList().describe('Its address, or several.'),
    comment: withDefault(lineText(), '').describe('Comment on the line of the address.'),
    clean: withDefault(flag(), false).describe('Whether the name is taken from other addresses.'),
  }),
  examples: [
    `db.example.net:
  host.present:
    - ip: 10.0.0.5`,
  ],
  async check({ name, ip, comment, clean }, context) {
    const path = hostsFile(context);
    if (/[\s#]/.test(name)) return fails(`The name ${name} cannot be that of a host`);
    const bad = ip.find((address) => isIP(address.replace(/%.*$/, '')) === 0);
    if (bad !== undefined) return fails(`Invalid IP Address for ${name} (${bad})`);
    const lines = await readHostsFile(context.host, path);
    return hostsOutcome({ path, ...planHost(lines, { name, ip, comment, clean }) });
  },
});
