import type { CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  accountName,
  defineState,
  fails,
  fileMode,
  integer,
  isOk,
  optional,
  text,
  willChange,
  withDefault,
  type FileStat,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { deviceNumbers } from '../../providers/files/device-numbers.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import { ownershipChanges, toAttributes } from '../../providers/files/ownership.ts';
import { expandHome } from '../../providers/files/paths.ts';

const nodeKinds = {
  c: { kind: 'character-device', title: 'Character device', article: 'a character device' },
  b: { kind: 'block-device', title: 'Block device', article: 'a block device' },
  p: { kind: 'fifo', title: 'Fifo pipe', article: 'a fifo pipe' },
} as const;

type Node = (typeof nodeKinds)[keyof typeof nodeKinds];

interface Wanted {
  readonly name: string;
  readonly node: Node;
  readonly major: number;
  readonly minor: number;
  readonly user: string | number | undefined;
  readonly group: string | number | undefined;
  readonly mode: number;
}

/** `file.mknod` */
export const mknod = defineState({
  name: 'file.mknod',
  summary: 'Keeps a device node or a named pipe.',
  args: z.object({
    name: text().describe('Absolute path of the node.'),
    ntype: text().describe('Its kind: c for a character device, b for a block device, p for a named pipe.'),
    major: withDefault(integer(), 0).describe('Major number of the device.'),
    minor: withDefault(integer(), 0).describe('Minor number of the device.'),
    user: optional(accountName()).describe('Owner of the node.'),
    group: optional(accountName()).describe('Group of the node.'),
    mode: withDefault(fileMode(), 0o600).describe("Permission bits such as '0600'."),
  }),
  examples: [
    `/run/app.fifo:
  file.mknod:
    - ntype: p
    - mode: '0660'`,
  ],
  async check(args, context) {
    const name = await expandHome(context.host, args.name);
    if (name === '') return fails('Must provide name to file.mknod');
    const node = nodeKinds[args.ntype as keyof typeof nodeKinds] as Node | undefined;
    if (node === undefined)
      return fails(
        `Node type unavailable: '${args.ntype}'. Available node types are character ('c'), block ('b'), and pipe ('p')`,
      );
    if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
    const stat = await context.host.files.stat(name);
    const wanted = { ...args, name, node };
    if (stat === undefined) return create(wanted);
    if (stat.kind !== node.kind) return fails(`File ${name} exists and is not ${node.article}. Refusing to continue`);
    return keep(wanted, stat, context);
  },
});

function create({ name, node, major, minor, ...owner }: Wanted): CheckOutcome<Host> {
  const changes = { new: `${node.title} ${name} created.` };
  return willChange({ comment: `${node.title} ${name} is set to be created`, changes }, (machine) =>
    attempt('', async () => {
      const attributes = await toAttributes(machine, owner);
      await makeParents(machine, name, { user: owner.user, group: owner.group });
      await machine.files.makeNode(name, node.kind, { major, minor });
      await machine.files.setAttributes(name, attributes);
      return { comment: '', changes };
    }),
  );
}

async function keep(
  { name, node, major, minor, ...owner }: Wanted,
  stat: FileStat,
  { host }: StateContext,
): Promise<CheckOutcome<Host>> {
  const numbers = node.kind === 'fifo' ? { major, minor } : await deviceNumbers(host, name);
  if (numbers.major !== major || numbers.minor !== minor)
    return fails(
      `${node.title} ${name} exists and has a different major/minor ${numbers.major}/${numbers.minor}. Refusing to continue`,
    );
  const changes = await ownershipChanges(host, stat, owner);
  if (Object.keys(changes).length === 0) return isOk(`${node.title} ${name} is in the correct state`);
  return willChange({ comment: `The file ${name} is set to be changed`, changes }, (machine) =>
    attempt('', async () => {
      await machine.files.setAttributes(name, await toAttributes(machine, owner));
      return { comment: '', changes };
    }),
  );
}
