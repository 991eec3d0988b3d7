import { isDict, loadJson, pythonStr, dumpJson, type Dict, type Value } from '@brine/common';
import { posix } from 'node:path';
import { z } from 'zod';
import { lineText, nullableValue } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { isDirectory } from '../../providers/files/paths.ts';
import { safeName } from '../safe-name.ts';
import { readText, writeText } from '../text-file.ts';

const name = lineText().describe('The mount point.');

export const readMountCache = defineFunction({
  name: 'mount.read_mount_cache',
  summary: 'What was noted of a mount point; empty when nothing was.',
  args: z.object({ name }),
  examples: ["'*' mount.read_mount_cache /mnt/share"],
  run: async ({ name: point }, context) => (await readCache(context)).get(point) ?? {},
});

export const writeMountCache = defineFunction({
  name: 'mount.write_mount_cache',
  summary: 'Notes how something was mounted; answers true.',
  args: z.object({
    real_name: name,
    device: lineText().describe('The device.'),
    mkmnt: nullableValue().describe('Whether the folder is made.'),
    fstype: lineText().describe('Kind of the file system.'),
    mount_opts: nullableValue().describe('Options.'),
  }),
  examples: ["'*' mount.write_mount_cache /mnt/share /dev/sda1 False ext4 defaults,nosuid"],
  async run(args, context) {
    const cache = await readCache(context);
    const entry: Dict = new Map<Value, Value>([
      ['device', args.device],
      ['fstype', args.fstype],
      ['mkmnt', args.mkmnt],
      ['opts', args.mount_opts],
    ]);
    await writeCache(context, new Map([...cache, [args.real_name, entry]]));
    return true;
  },
});

export const deleteMountCache = defineFunction({
  name: 'mount.delete_mount_cache',
  summary: 'Forgets what was noted of a mount point; answers true.',
  args: z.object({ real_name: name }),
  examples: ["'*' mount.delete_mount_cache /mnt/share"],
  async run({ real_name: point }, context) {
    const cache = await readCache(context);
    if (cache.has(point)) await writeCache(context, new Map([...cache].filter(([key]) => key !== point)));
    return true;
  },
});

export const isFuseExec = defineFunction({
  name: 'mount.is_fuse_exec',
  summary: 'Whether a program mounts by FUSE.',
  args: z.object({ cmd: safeName('the name of a program').describe('Name of the program.') }),
  examples: ["'*' mount.is_fuse_exec sshfs"],
  async run({ cmd }, { host, signal }) {
    const path = await host.which(cmd);
    if (path === undefined) return false;
    return (await host.inspect({ command: ['ldd', path], signal, timeout: 60_000 })).stdout.includes('libfuse');
  },
});

function cachePath({ options }: FunctionContext): string {
  return `${pythonStr(options.get('cachedir') ?? '/var/cache/salt/minion')}/mounts.json`;
}

async function readCache(context: FunctionContext): Promise<Dict> {
  const path = cachePath(context);
  const content = await readText(context.host, path);
  const read = content === undefined ? null : loadJson(content, { file: path });
  return isDict(read) ? read : new Map();
}

async function writeCache(context: FunctionContext, cache: Dict): Promise<void> {
  const folder = posix.dirname(cachePath(context));
  if (!(await isDirectory(context.host, folder))) await context.host.files.makeDirectory(folder, { parents: true });
  await writeText(context.host, cachePath(context), dumpJson(cache));
}
