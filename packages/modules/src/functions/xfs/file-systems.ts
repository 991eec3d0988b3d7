import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, operand, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { readOutput, runProgram } from '../run-program.ts';
import { readGeometry } from './read-geometry.ts';

const device = operand().describe('Path of the disk or partition.');
const option = (what: string) => optional(lineText()).describe(`${what}, as mkfs.xfs takes them: size=4096,…`);

/** Runs a program; throws with what it complained about when it fails. */
async function run(context: FunctionContext, command: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(context, command, { timeout: 3_600_000 });
  if (exitCode !== 0 && stderr !== '') throw failure(stderr.trim());
  return stdout;
}

export const mkfs = defineFunction({
  name: 'xfs.mkfs',
  summary: 'Makes an XFS file system, also over one that is there, and answers its geometry.',
  args: z.object({
    device,
    label: optional(lineText()).describe('Its label.'),
    ssize: optional(lineText()).describe('Size of sectors.'),
    noforce: withDefault(flag(), false).describe('Refuse when there is a file system.'),
    bso: option('Options of blocks'),
    gmo: option('Options of metadata'),
    ino: option('Options of inodes'),
    lso: option('Options of the log'),
    rso: option('Options of the realtime section'),
    nmo: option('Options of names'),
    dso: option('Options of the data section'),
  }),
  examples: ["'*' xfs.mkfs /dev/sda1", "'*' xfs.mkfs /dev/sda1 dso='su=32k,sw=6' noforce=True"],
  async run(args, context) {
    const switches: readonly (readonly [string, string | undefined])[] = [
      ['-L', args.label],
      ['-s', args.ssize],
      ['-b', withEqualSign('-b', args.bso)],
      ['-m', withEqualSign('-m', args.gmo)],
      ['-n', withEqualSign('-n', args.nmo)],
      ['-i', withEqualSign('-i', args.ino)],
      ['-d', withEqualSign('-d', args.dso)],
      ['-l', withEqualSign('-l', args.lso)],
      ['-r', withEqualSign('-r', args.rso)],
    ];
    const words = switches.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [name, value]));
    const force = args.noforce ? [] : ['-f'];
    return readGeometry(await run(context, ['mkfs.xfs', ...words, ...force, args.device]));
  },
});

function withEqualSign(name: string, value: string | undefined): string | undefined {
  const isGood = value === undefined || value.split(',').every((part) => part.split('=').length === 2);
  if (!isGood) throw failure(`Wrong parameters "${value}" for option "${name}"`);
  return value;
}

export const info = defineFunction({
  name: 'xfs.info',
  summary: 'The geometry of an XFS file system.',
  args: z.object({ device }),
  examples: ["'*' xfs.info /dev/sda1"],
  run: async (args, context) => readGeometry(await readOutput(context, ['xfs_info', args.device])),
});

export const devices = defineFunction({
  name: 'xfs.devices',
  summary: 'The XFS file systems of this machine by device.',
  args: z.object({}),
  examples: ["'*' xfs.devices"],
  run: async (_args, context) => readDevices(context, []),
});

export const modify = defineFunction({
  name: 'xfs.modify',
  summary: 'Sets label, identifier or counters of an XFS file system that is not mounted.',
  args: z.object({
    device,
    label: optional(lineText()).describe('The label.'),
    lazy_counting: optional(flag()).describe('Whether counters of the superblock are written late.'),
    uuid: optional(flag()).describe('true: a new identifier; false: none.'),
  }),
  examples: ["'*' xfs.modify /dev/sda1 label='My backup' lazy_counting=False", "'*' xfs.modify /dev/sda1 uuid=True"],
  async run(args, context) {
    if ((args.label ?? '') === '' && args.lazy_counting === undefined && args.uuid === undefined)
      throw failure(`Nothing specified for modification for "${args.device}" device`);
    const words = [
      ...((args.label ?? '') === '' ? [] : ['-L', args.label ?? '']),
      ...(args.lazy_counting === undefined ? [] : ['-c', args.lazy_counting ? '1' : '0']),
      ...(args.uuid === undefined ? [] : ['-U', args.uuid ? 'generate' : 'nil']),
    ];
    await run(context, ['xfs_admin', ...words, args.device]);
    return readDevices(context, [args.device]);
  },
});

export const defragment = defineFunction({
  name: 'xfs.defragment',
  summary: 'Defragments an XFS file system that is mounted.',
  args: z.object({ device }),
  examples: ["'*' xfs.defragment /dev/sda1"],
  async run(args, context) {
    if (args.device === '/') throw failure('Root is not a device.');
    const mounts = await readMounts(context);
    if (mounts[args.device] === undefined) throw failure(`Device "${args.device}" is not mounted`);
    return { log: (await run(context, ['xfs_fsr', args.device])).trimEnd() };
  },
});

async function readDevices(context: FunctionContext, only: readonly string[]): Promise<Record<string, Plain>> {
  const blocks = (await run(context, ['blkid', '-o', 'export', ...only])).split('\n\n');
  const mounts = await readMounts(context);
  const found = blocks.flatMap((block): readonly (readonly [string, Plain])[] => {
    const rows = block.split('\n').filter((line) => line.includes('='));
    const {
      type,
      devname = '',
      ...told
    } = Object.fromEntries(
      rows.map((line) => [line.slice(0, line.indexOf('=')).toLowerCase(), line.slice(line.indexOf('=') + 1)] as const),
    );
    return type === 'xfs' ? [[devname, { ...told, label: told['label'] ?? null, ...mounts[devname] }]] : [];
  });
  return Object.fromEntries(found);
}

interface Mount {
  readonly mount_point: string;
  readonly options: readonly string[];
}

async function readMounts({ host }: FunctionContext): Promise<Record<string, Mount>> {
  const table = Buffer.from((await host.files.read('/proc/mounts')) ?? '').toString('utf8');
  const rows = table.split('\n').map((line) => line.split(' '));
  return Object.fromEntries(
    rows.flatMap(([path = '', mount_point = '', kind, options = '']) =>
      kind === 'xfs' ? [[path, { mount_point, options: options.split(',') }]] : [],
    ),
  );
}
