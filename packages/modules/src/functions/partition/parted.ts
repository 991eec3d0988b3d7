import { z } from 'zod';
import { integer, operand } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { failure } from '../failure.ts';
import { runAndTellLines } from '../run-program.ts';

/** The path of a disk. */
export const device = operand().describe('Path of the disk.');

/** Number of a partition. */
export const minor = integer().describe('Number of the partition.');

/** Answers of an operator's program: its lines. */
export type Lines = Promise<readonly string[]>;

/** Runs parted without questions on a disk and answers the lines it wrote. */
export async function parted(context: FunctionContext, disk: string, words: readonly string[]): Lines {
  await checkDevice(context, disk);
  return runAndTellLines(context, ['parted', '-m', '-s', '--', disk, ...words]);
}

/** Throws when there is no block device at a path. */
export async function checkDevice({ host }: FunctionContext, path: string): Promise<void> {
  const stat = await host.files.stat(path, { follow: true });
  if (stat?.kind !== 'block-device') throw failure('Invalid device passed to partition module.');
}

const units = ['s', 'B', 'kB', 'MB', 'MiB', 'GB', 'GiB', 'TB', 'TiB', '%', 'cyl', 'chs', 'compact'];

/** A unit of parted's. */
export function readUnit(unit: string, fun: string): string {
  if (!units.includes(unit)) throw failure(`Invalid unit passed to partition.${fun}`);
  return unit;
}

/** A place on a disk: a number with a unit of parted's, or with none (megabytes). */
export function readBoundary(text: string): string {
  const [, unit] = /^[\d.]+(\D*)$/.exec(text) ?? [];
  if (unit === undefined || (unit !== '' && !units.includes(unit)))
    throw failure(`Invalid partition boundary passed: "${text}"`);
  return text;
}

const kinds = [
  'btrfs',
  'ext2',
  'ext3',
  'ext4',
  'fat',
  'fat32',
  'fat16',
  'linux-swap',
  'reiserfs',
  'hfs',
  'hfs+',
  'hfsx',
];
const fileSystems = new Set([...kinds, 'NTFS', 'ntfs', 'ufs', 'xfs']);

/** A file system that parted knows. */
export function readFileSystem(name: string, fun: string): string {
  if (!fileSystems.has(name)) throw failure(`Invalid fs_type passed to partition.${fun}`);
  return name;
}

/** `device` and `minor`. */
export const onePartition = z.object({ device, minor });
