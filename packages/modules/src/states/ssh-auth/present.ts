import type { CheckOutcome, Plain } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, isOk, willChange, type Host } from '../../kit/index.ts';
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

interface KeyChange {
  readonly key: KeyLine;
  readonly kind: 'add' | 'update' | 'exists';
}

/** `ssh_auth.present` */
export const present = defineState({
  name: 'ssh_auth.present',
  summary: 'Keeps public keys among those that may log in to an account.',
  args: z.object(keyArguments),
  examples: [
    `AAAAC3NzaC1lZDI1NTE5AAAAIOBgwNh6dk5axGNjheHm1DsWeCWRl9fmZr0P8uxtJWy3:
  ssh_auth.present:
    - user: root
    - enc: ed25519
    - comment: deploy@ci`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const keys = await requestedKeys(args, context);
    if (typeof keys === 'string') return fails(keys);
    const path = await keyFile(context.host, args);
    const kind =
      path === undefined ? 'file' : ((await context.host.files.stat(path, { follow: true }))?.kind ?? 'file');
    if (kind !== 'file') return fails(`Failed to add the ssh key: ${path} is a ${kind}`);
    const text = await readKeys(context.host, path);
    const states = keys.map((key): KeyChange => ({ key, kind: compare(text, key) }));
    if (states.every(({ kind }) => kind === 'exists')) return isOk(describeExisting(args, keys));
    return change(args, states);
  },
});

function compare(text: string, key: KeyLine): KeyChange['kind'] {
  const found = text
    .split('\n')
    .map(readKeyLine)
    .find((line) => line?.key === key.key);
  if (found === undefined) return 'add';
  return writeKeyLine(found) === writeKeyLine(key) ? 'exists' : 'update';
}

function describeExisting({ source, user }: KeyRequest, keys: readonly KeyLine[]): string {
  if (source !== undefined) return `All host keys in file ${source} are already present`;
  return `The authorized host key ${keys[0]?.key ?? ''} is already present for user ${user}`;
}

function change(request: KeyRequest, states: readonly KeyChange[]): CheckOutcome<Host> {
  const { user, source } = request;
  const todo = states.filter(({ kind }) => kind !== 'exists');
  const changes: Record<string, Plain> = {};
  for (const { key, kind } of todo) changes[key.key] = kind === 'add' ? 'New' : 'Updated';
  const pending = todo.map(({ key, kind }) =>
    source === undefined
      ? `Key ${key.key} for user ${user} is set to be ${kind === 'add' ? 'added' : 'updated'}`
      : `Set to ${kind}: ${key.key}`,
  );
  const done = todo.map(
    ({ key, kind }) =>
      `The authorized host key ${key.key} for user ${user} was ${kind === 'add' ? 'added' : 'updated'}`,
  );
  return willChange({ comment: pending.join('\n'), changes }, (machine) =>
    attempt('Failed to add the ssh key', async () => {
      const account = await machine.account(user);
      const path = await keyFile(machine, request);
      if (account === undefined || path === undefined) {
        const comment = 'Failed to add the ssh key. Is the home directory available, and/or does the key file exist?';
        return { comment, changes: {}, failed: true };
      }
      const text = todo.reduce((all, { key }) => placeKeyLine(all, key), await readKeys(machine, path));
      await writeKeys(machine, path, { text, account });
      return { comment: done.join('\n'), changes };
    }),
  );
}
