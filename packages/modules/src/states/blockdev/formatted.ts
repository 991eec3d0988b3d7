import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, willChange, withDefault, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';

/** `blockdev.formatted` */
export const formatted = defineState({
  name: 'blockdev.formatted',
  summary: 'Keeps a block device with a file system. What else is on it is lost only with force.',
  args: z.object({
    name: lineText().describe('Path of the device.'),
    fs_type: withDefault(lineText(), 'ext4').describe('Kind of the file system: mkfs.KIND makes it.'),
    force: withDefault(flag(), false).describe('Whether another file system on it may be lost.'),
    inode_size: withDefault(lineText(), '').describe('Bytes of an inode, for ext and xfs.'),
    lazy_itable_init: withDefault(flag(), false).describe('Whether the tables of inodes are made later, for ext.'),
  }),
  examples: [
    `/dev/data/logs:
  blockdev.formatted:
    - fs_type: ext4`,
  ],
  acceptsUnknown: true,
  async check({ name, fs_type: kind, force, ...options }, { host }) {
    if (!name.startsWith('/')) return fails(`${name} is not the path of a device`);
    if ((await host.files.stat(name, { follow: true })) === undefined) return fails(`${name} does not exist`);
    const current = await readKind(host, name);
    if (current === kind) return isOk(`${name} already formatted with ${kind}`);
    if (!/^\w+$/.test(kind) || (await host.which(`mkfs.${kind}`)) === undefined)
      return fails(`Invalid fs_type: ${kind}`);
    if (current !== '' && !force)
      return fails(`${name} is formatted with ${current}; force: true would replace it by ${kind}`);
    const changes = { new: kind, old: current };
    return willChange({ comment: `Changes to ${name} will be applied `, changes }, (machine) =>
      attempt(`Failed to format ${name}`, async () => {
        await runTool(machine, [`mkfs.${kind}`, ...makeWords(kind, { force, ...options }), name]);
        return { comment: `${name} has been formatted with ${kind}`, changes };
      }),
    );
  },
});

// It looks at the device itself: the cache of blkid may be old.
async function readKind(host: ReadHost, device: string): Promise<string> {
  const command = ['blkid', '-p', '-o', 'value', '-s', 'TYPE', '--', device];
  return (await host.inspect({ command, timeout: 60_000 })).stdout.trim();
}

function makeWords(
  kind: string,
  options: { readonly force: boolean; readonly inode_size: string; readonly lazy_itable_init: boolean },
): readonly string[] {
  const isExt = kind.startsWith('ext');
  const inode =
    options.inode_size === '' ? [] : isExt ? ['-I', options.inode_size] : ['-i', `size=${options.inode_size}`];
  const forces = isExt || kind === 'ntfs' ? ['-F'] : ['-f'];
  return [
    ...(isExt ? ['-q'] : []),
    ...(options.force || isExt ? forces : []),
    ...(isExt && options.lazy_itable_init ? ['-E', 'lazy_itable_init=1'] : []),
    ...inode,
  ];
}
