import type { Plain } from '@brine/common';
import { z } from 'zod';
import { accountName, fileMode, formatMode, text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { Host } from '../../kit/host.ts';
import { gidOf, uidOf } from '../../providers/files/ownership.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { filePath } from './file-path.ts';

const user = accountName().describe('The user; an empty text leaves it.');
const group = accountName().describe('The group; an empty text leaves it.');

export const setMode = defineFunction({
  name: 'file.set_mode',
  summary: 'Sets the permission bits of a path and answers them.',
  args: z.object({ path: filePath(), mode: text().describe('Octal digits.') }),
  examples: ["'*' file.set_mode /etc/passwd 0644"],
  async run({ path, mode }, { host }) {
    const expanded = await expandHome(host, path);
    if ((await host.files.stat(expanded, { follow: true })) === undefined) throw failure(`${path}: File not found`);
    const parsed = fileMode().safeParse(mode.replace(/^[0Oo]+(?=.)/, ''));
    if (!parsed.success) return `Invalid Mode ${mode}`;
    await host.files.setAttributes(expanded, { mode: parsed.data, follow: true });
    return formatMode(parsed.data);
  },
});

export const chown = defineFunction({
  name: 'file.chown',
  summary: 'Sets owner and group of a path; the answer says what is wrong.',
  args: z.object({ path: filePath(), user, group }),
  examples: ["'*' file.chown /etc/passwd root root"],
  run: ({ path, user: owner, group: members }, { host }) => changeOwner(host, path, { owner, members, follow: true }),
});

export const lchown = defineFunction({
  name: 'file.lchown',
  summary: 'Sets owner and group of a path, of a link itself; the answer says what is wrong.',
  args: z.object({ path: filePath(), user, group }),
  examples: ["'*' file.lchown /path/to/link root root"],
  run: ({ path, user: owner, group: members }, { host }) => changeOwner(host, path, { owner, members, follow: false }),
});

export const chgrp = defineFunction({
  name: 'file.chgrp',
  summary: 'Sets the group of a path; the answer says what is wrong.',
  args: z.object({ path: filePath(), group }),
  examples: ["'*' file.chgrp /etc/passwd root"],
  async run({ path, group: members }, { host }) {
    if ((await host.files.stat(await expandHome(host, path))) === undefined) throw failure(`Path not found: ${path}`);
    return changeOwner(host, path, { owner: undefined, members, follow: true });
  },
});

interface OwnerChange {
  readonly owner: string | number | undefined;
  readonly members: string | number | undefined;
  readonly follow: boolean;
}

async function changeOwner(host: Host, path: string, { owner, members, follow }: OwnerChange): Promise<Plain> {
  const expanded = await expandHome(host, path);
  const uid = isGiven(owner) ? await uidOf(host, owner) : undefined;
  const gid = isGiven(members) ? await gidOf(host, members) : undefined;
  const isThere = (await host.files.stat(expanded)) !== undefined;
  if (!isThere && !follow) throw failure(`No such file or directory: '${path}'`);
  const unknownUser = isGiven(owner) && uid === undefined ? 'User does not exist\n' : '';
  const unknownGroup = isGiven(members) && gid === undefined ? 'Group does not exist\n' : '';
  const problems = unknownUser + unknownGroup + (isThere ? '' : 'File not found');
  if (problems !== '') return problems;
  // A link that leads nowhere is changed itself.
  const leads = follow && (await host.files.stat(expanded, { follow: true })) !== undefined;
  await host.files.setAttributes(expanded, { ...numbersOf(uid, gid), follow: leads });
  return null;
}

function numbersOf(uid: number | undefined, gid: number | undefined): { readonly uid?: number; readonly gid?: number } {
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}

function isGiven(name: string | number | undefined): name is string | number {
  return name !== undefined && name !== '';
}
