import { posix } from 'node:path';
import { pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { anyValue, either, flag, lineText, optional, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';

const key = lineText().describe('The attribute or folder: a path below /sys.');

/** Where a key leads, links followed; undefined when there is nothing or it leads out of /sys. */
async function resolve({ host }: FunctionContext, name: string): Promise<string | undefined> {
  const path = posix.join('/', name.startsWith('/sys') ? name : `/sys/${name}`);
  const real = await host.files.realPath(path);
  return real !== undefined && /^\/sys(\/|$)/.test(real) ? real : undefined;
}

async function isFolder({ host }: FunctionContext, path: string): Promise<boolean> {
  return (await host.files.stat(path, { follow: true }))?.kind === 'directory';
}

export const target = defineFunction({
  name: 'sysfs.target',
  summary: 'The path that an attribute or folder really has; false when there is none.',
  args: z.object({ key, full: withDefault(flag(), true).describe('The whole path, not its last part.') }),
  examples: ["'*' sysfs.target class/net/lo"],
  async run(args, context) {
    const path = await resolve(context, args.key);
    if (path === undefined) return false;
    return args.full ? path : posix.basename(path);
  },
});

export const interfaces = defineFunction({
  name: 'sysfs.interfaces',
  summary: 'The attributes below a folder: those to read (r), to write (w) and both (rw).',
  args: z.object({ root: key }),
  examples: ["'*' sysfs.interfaces block/sda/queue"],
  async run({ root }, context) {
    const folder = await resolve(context, root);
    if (folder === undefined || !(await isFolder(context, folder))) return false;
    return readInterfaces(context, folder);
  },
});

interface Interfaces {
  readonly r: string[];
  readonly w: string[];
  readonly rw: string[];
}

async function readInterfaces(context: FunctionContext, root: string): Promise<Record<keyof Interfaces, string[]>> {
  const found: Interfaces = { r: [], w: [], rw: [] };
  const { files } = context.host;
  async function walk(folder: string): Promise<void> {
    const names = (await files.list(folder)) ?? [];
    const entries = await Promise.all(
      names.map(async (name) => ({ path: posix.join(folder, name), stat: await files.stat(posix.join(folder, name)) })),
    );
    for (const { path, stat } of entries) {
      if (stat?.kind !== 'file') continue;
      const name = posix.relative(root, path);
      if ((stat.mode & 0o200) !== 0) found[(stat.mode & 0o400) === 0 ? 'w' : 'rw'].push(name);
      else if ((stat.mode & 0o400) !== 0) found.r.push(name);
    }
    for (const { path, stat } of entries) if (stat?.kind === 'directory') await walk(path);
  }
  await walk(root);
  return { ...found };
}

export const read = defineFunction({
  name: 'sysfs.read',
  summary: 'The value of an attribute, or all that can be read below a folder; false when there is none.',
  args: z.object({
    key: either(lineText(), textList()).describe('The attribute or folder: a path below /sys; several as a list.'),
    root: withDefault(lineText(), '').describe('What the keys are below.'),
  }),
  examples: ["'*' sysfs.read class/net/lo/statistics"],
  async run(args, context) {
    if (typeof args.key === 'string') return readKey(context, posix.join(args.root, args.key));
    const values: Record<string, Plain> = {};
    for (const name of args.key) {
      const value = await readKey(context, posix.join(args.root, name));
      if (value !== false) values[name] = value;
    }
    return values;
  },
});

async function readKey(context: FunctionContext, name: string): Promise<Plain> {
  const path = await resolve(context, name);
  if (path === undefined) return false;
  if (!(await isFolder(context, path))) return readAttribute(context, path);
  const { r, rw } = await readInterfaces(context, path);
  const tree: { [name: string]: Plain } = {};
  for (const found of [...r, ...rw]) {
    const value = await readAttribute(context, posix.join(path, found));
    if (value !== false) put(tree, found.split('/'), value);
  }
  return tree;
}

function put(tree: { [name: string]: Plain }, [first = '', ...rest]: readonly string[], value: Plain): void {
  if (rest.length === 0) {
    tree[first] = value;
    return;
  }
  const branch = (tree[first] ??= {});
  put(branch as { [name: string]: Plain }, rest, value);
}

// Attributes may refuse to be read, or stand for a device that is not there.
async function readAttribute({ host }: FunctionContext, path: string): Promise<Plain> {
  const content = await host.files.read(path).catch(() => undefined);
  const text = Buffer.from(content ?? '')
    .toString('utf8')
    .trim();
  if (text === '') return false;
  return /^[-+]?(\d+|\d+\.\d*|\.\d+)$/.test(text) ? Number(text) : text;
}

export const write = defineFunction({
  name: 'sysfs.write',
  summary: 'Writes an attribute; answers whether that went well.',
  args: z.object({ key, value: anyValue().describe('The value.') }),
  examples: ["'*' sysfs.write devices/system/cpu/cpu0/cpufreq/scaling_governor 'performance'"],
  async run(args, context) {
    const path = await resolve(context, args.key);
    return path !== undefined && writeAttribute(context, path, pythonStr(args.value));
  },
});

// An attribute is written in place: it is no file that another could take the place of.
async function writeAttribute({ host, signal }: FunctionContext, path: string, value: string): Promise<boolean> {
  const { exitCode } = await host.run({ command: ['tee', path], input: `${value}\n`, signal });
  return exitCode === 0;
}

export const attr = defineFunction({
  name: 'sysfs.attr',
  summary: 'Reads an attribute, or writes it when a value is given; of a folder its path.',
  args: z.object({ key, value: optional(anyValue()).describe('The value.') }),
  examples: ["'*' sysfs.attr block/sda/queue/logical_block_size"],
  async run(args, context) {
    const path = await resolve(context, args.key);
    if (path === undefined) return false;
    if (await isFolder(context, path)) return path;
    return args.value === undefined
      ? readAttribute(context, path)
      : writeAttribute(context, path, pythonStr(args.value));
  },
});
