import { isIP } from 'node:net';
import { z } from 'zod';
import { commaList, defineState, fails, flag, lineText, withDefault } from '../../kit/index.ts';
import { hostsFile, hostsOutcome, readHostsFile, tellAll } from '../../providers/hosts/hosts-state.ts';
import { addName, namesOf, removeName, setComment } from '../../providers/hosts/hosts-text.ts';

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
    let lines = await readHostsFile(context.host, path);
    const [settled, pending, done]: [string[], string[], string[]] = [[], [], []];
    const changes: Record<string, Record<string, string[]>> = {};
    const note = (key: string, address: string, what: string): void => {
      const ofKey = (changes[key] ??= {});
      (ofKey[address] ??= []).push(what);
    };
    for (const address of ip) {
      if (namesOf(lines, address)?.includes(name) === true)
        tellAll([settled, pending, done], `Host ${name} (${address}) already present`);
      else {
        lines = addName(lines, address, name);
        pending.push(`Host ${name} (${address}) would be added`);
        done.push(`Added host ${name} (${address})`);
        note('added', address, name);
      }
      const current = lines.find((line) => line.address === address)?.comment;
      if (comment === '' || current === comment) continue;
      lines = setComment(lines, address, comment);
      pending.push(`Comment for ${address} (${comment}) would be added`);
      done.push(`Set comment for host ${address} (${comment})`);
      note('comment_added', address, comment);
    }
    const others = lines.filter(
      (line) => line.address !== undefined && !ip.includes(line.address) && line.names.includes(name),
    );
    const [removed, kept] = clean ? [others, []] : [[], others];
    for (const { address = '' } of removed) {
      lines = removeName(lines, address, name);
      pending.push(`Host ${name} (${address}) would be removed`);
      done.push(`Removed host ${name} (${address})`);
      note('removed', address, name);
    }
    const warnings = kept.map(({ address = '' }) => tellOther(name, address));
    return hostsOutcome({ path, lines, settled, pending, done, changes, warnings });
  },
});

function tellOther(name: string, address: string): string {
  return `Host ${name} present for IP address ${address}. To get rid of this warning, either run this state with 'clean' set to True to remove ${name} from ${address}, or add ${address} to the 'ip' argument.`;
}
