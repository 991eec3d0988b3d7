import type { Plain } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, isOk, lineText, textList, willChange, type StateContext } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  keyArguments,
  keyFile,
  readKeys,
  requestedKeys,
  writeKeys,
  type KeyRequest,
} from '../../providers/ssh/authorized-keys.ts';
import { placeKeyLine, readKeyLine, writeKeyLine, type KeyLine } from '../../providers/ssh/key-line.ts';

const { name: _, source, ...others } = keyArguments;

/** `ssh_auth.manage` */
export const manage = defineState({
  name: 'ssh_auth.manage',
  summary: 'Keeps exactly the public keys described among those that may log in to an account.',
  args: z.object({
    name: lineText().describe('How it is named in what is reported.'),
    ssh_keys: textList().describe('The keys, or whole lines with options, type and comment.'),
    source: source.describe('URL of a file with further keys, one a line.'),
    ...others,
  }),
  examples: [
    `deployers:
  ssh_auth.manage:
    - user: root
    - enc: ed25519
    - ssh_keys:
      - AAAAC3NzaC1lZDI1NTE5AAAAIOBgwNh6dk5axGNjheHm1DsWeCWRl9fmZr0P8uxtJWy3`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const keys = await keysOf(args, context);
    if (typeof keys === 'string') return fails(keys);
    const text = await readKeys(context.host, await keyFile(context.host, args));
    const { changes, left } = compare(text, keys);
    if (Object.keys(changes).length === 0)
      return isOk(
        keys.map(({ key }) => `The authorized host key ${key} is already present for user ${args.user}`).join('\n'),
      );
    const comment = Object.entries(changes).map(([key, what]) =>
      what === 'Key removed'
        ? `${key} Key set for removal`
        : `Key ${key} for user ${args.user} is set to be ${what === 'New' ? 'added' : 'updated'}`,
    );
    return willChange({ comment: comment.join('\n'), changes }, (machine) =>
      attempt('Failed to manage the ssh keys', async () => {
        const account = await machine.account(args.user);
        const path = await keyFile(machine, args);
        if (account === undefined || path === undefined)
          return { comment: `There is no user ${args.user}`, changes: {}, failed: true };
        await writeKeys(machine, path, { text: left, account });
        return { comment: `The keys of user ${args.user} were changed`, changes };
      }),
    );
  },
});

async function keysOf(
  { ssh_keys: names, ...request }: KeyRequest & { readonly ssh_keys: readonly string[] },
  context: StateContext,
): Promise<readonly KeyLine[] | string> {
  const requests = names.map((name) => ({ ...request, name, source: undefined }));
  const ofSource = request.source === undefined || request.source === '' ? [] : [request];
  const keys: KeyLine[] = [];
  for (const one of [...requests, ...ofSource]) {
    const found = await requestedKeys(one, context);
    if (typeof found === 'string') return found;
    keys.push(...found.filter(({ key }) => keys.every((known) => known.key !== key)));
  }
  return keys;
}

function compare(text: string, keys: readonly KeyLine[]): { changes: Record<string, Plain>; left: string } {
  const wanted = new Set(keys.map(({ key }) => key));
  const lines = text.split('\n').map((line) => ({ line, read: readKeyLine(line) }));
  const changes: Record<string, Plain> = {};
  for (const { read } of lines) if (read !== undefined && !wanted.has(read.key)) changes[read.key] = 'Key removed';
  for (const key of keys) {
    const found = lines.find(({ read }) => read?.key === key.key)?.read;
    if (found === undefined) changes[key.key] = 'New';
    else if (writeKeyLine(found) !== writeKeyLine(key)) changes[key.key] = 'Updated';
  }
  const kept = lines.filter(({ read }) => read === undefined || wanted.has(read.key)).map(({ line }) => line);
  return { changes, left: keys.reduce((all, key) => placeKeyLine(all, key), kept.join('\n')) };
}
