import { z } from 'zod';
import { defineState, fails, integer, isOk, lineText, optional, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  isAbout,
  knownEntry,
  knownHostsFile,
  knownName,
  readKnownHost,
  shownFile,
} from '../../providers/ssh/known-hosts.ts';

/** `ssh_known_hosts.absent` */
export const absent = defineState({
  name: 'ssh_known_hosts.absent',
  summary: 'Keeps a host from those whose keys ssh trusts.',
  args: z.object({
    name: lineText().describe('Name or address of the host.'),
    user: optional(lineText()).describe('The account that trusts it; all unless given.'),
    config: optional(lineText()).describe('The file, from the home directory.'),
    port: optional(integer()).describe('Port of the ssh server.'),
  }),
  examples: [
    `old.example.org:
  ssh_known_hosts.absent: []`,
  ],
  async check(args, { host }) {
    const path = await knownHostsFile(host, args);
    if (path === undefined && args.user === undefined)
      return fails('If not specifying a "user", specify an absolute "config".');
    const text = path === undefined ? '' : Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
    const name = knownName(args.name, args.port);
    const isOld = (line: string): boolean => {
      const known = readKnownHost(line);
      return known !== undefined && isAbout(known, name);
    };
    const old = text.split('\n').filter(isOld);
    if (path === undefined || old.length === 0) return isOk('Host is already absent');
    const shown = old.flatMap((line) => readKnownHost(line) ?? []).map((line) => knownEntry(args.name, line, 'sha256'));
    const changes = { old: shown, new: null };
    return willChange(
      { comment: `Key for ${args.name} is set to be removed from ${shownFile(args)}`, changes },
      (machine) =>
        attempt('', async () => {
          await machine.files.write(
            path,
            Buffer.from(
              text
                .split('\n')
                .filter((line) => !isOld(line))
                .join('\n'),
            ),
          );
          return { comment: `Key for ${args.name} removed from ${shownFile(args)}`, changes };
        }),
    );
  },
});
