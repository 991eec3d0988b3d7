import { z } from 'zod';
import { defineState, fails, isOk, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { keyArguments, keyFile, readKeys, requestedKeys } from '../../providers/ssh/authorized-keys.ts';
import { readKeyLine } from '../../providers/ssh/key-line.ts';

/** `ssh_auth.absent` */
export const absent = defineState({
  name: 'ssh_auth.absent',
  summary: 'Keeps public keys from logging in to an account.',
  args: z.object(keyArguments),
  examples: [
    `AAAAC3NzaC1lZDI1NTE5AAAAIDa3NW9oQLEHuZZgjeoqtp7jSYYxpzEMuceXQxxO2Cp/:
  ssh_auth.absent:
    - user: root`,
  ],
  async check(args, context) {
    const keys = await requestedKeys(args, context);
    if (typeof keys === 'string') return fails(keys);
    const path = await keyFile(context.host, args);
    const text = await readKeys(context.host, path);
    const unwanted = new Set(keys.map(({ key }) => key));
    const isUnwanted = (line: string): boolean => unwanted.has(readKeyLine(line)?.key ?? '');
    const gone = text.split('\n').filter(isUnwanted);
    if (gone.length === 0 || path === undefined) {
      if (args.source !== undefined) return isOk(`All host keys in file ${args.source} are already absent`);
      return { ...isOk('Key not present'), foretoldComment: 'Key is already absent' };
    }
    const names = gone.map((line) => readKeyLine(line)?.key ?? '');
    const changes = Object.fromEntries(names.map((name) => [name, 'Removed']));
    const comment = names.map((name) => `Key ${name} for user ${args.user} is set for removal`).join('\n');
    return willChange({ comment, changes }, (machine) =>
      attempt('Failed to remove the ssh key', async () => {
        const left = text
          .split('\n')
          .filter((line) => !isUnwanted(line))
          .join('\n');
        await machine.files.write((await machine.files.realPath(path)) ?? path, Buffer.from(left));
        return { comment: 'Key removed', changes };
      }),
    );
  },
});
