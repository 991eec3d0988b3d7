import { isIP } from 'node:net';
import { z } from 'zod';
import { commaList, defineState, fails, flag, lineText, withDefault } from '../../kit/index.ts';
import { hostsFile, hostsOutcome, readHostsFile } from '../../providers/hosts/hosts-state.ts';
import { addName, namesOf, removeName, setComment } from '../../providers/hosts/hosts-text.ts';

/** What a dry run says of changes of one kind, and what is said when they are made. */
interface Told {
  readonly pending: string[];
  readonly done: string[];
}

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
    const settled: string[] = [];
    const [added, commented, taken]: [Told, Told, Told] = [told(), told(), told()];
    const changes: Record<string, Record<string, string[]>> = {};
    const note = (key: string, address: string, what: string): void => {
      const ofKey = (changes[key] ??= {});
      (ofKey[address] ??= []).push(what);
    };
    for (const address of ip) {
      const isThere = namesOf(lines, address)?.includes(name) === true;
      if (!isThere) {
        lines = addName(lines, address, name);
        added.pending.push(`Host ${name} (${address}) would be added`);
        added.done.push(`Added host ${name} (${address})`);
        note('added', address, name);
      }
      const current = lines.find((line) => line.address === address)?.comment;
      if (comment === '' || current === comment) {
        if (isThere) settled.push(`Host ${name} (${address}) already present`);
        continue;
      }
      lines = setComment(lines, address, comment);
      commented.pending.push(`Comment for ${address} (${comment}) would be added`);
      commented.done.push(`Set comment for host ${address} (${comment})`);
      note('comment_added', address, comment);
    }
    const others = lines.filter(
      (line) => line.address !== undefined && !ip.includes(line.address) && line.names.includes(name),
    );
    const [removed, kept] = clean ? [others, []] : [[], others];
    for (const { address = '' } of removed) {
      lines = removeName(lines, address, name);
      taken.pending.push(`Host ${name} (${address}) would be removed`);
      taken.done.push(`Removed host ${name} (${address})`);
      note('removed', address, name);
    }
    const warnings = kept.map(({ address = '' }) => tellOther(name, address));
    // Salt tells of what is there first, then of each kind of change.
    const parts = [added, commented, taken];
    const pending = [...settled, ...parts.flatMap((part) => part.pending)];
    const done = [...settled, ...parts.flatMap((part) => part.done)];
    return hostsOutcome({ path, lines, settled, pending, done, changes, warnings });
  },
});

function told(): Told {
  return { pending: [], done: [] };
}

function tellOther(name: string, address: string): string {
  return `Host ${name} present for IP address ${address}. To get rid of this warning, either run this state with 'clean' set to True to remove ${name} from ${address}, or add ${address} to the 'ip' argument.`;
}
