import { toFloat, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { formatTime } from '../format-time.ts';
import { readOutput } from '../run-program.ts';
import { readText } from '../text-file.ts';

export const numCpus = defineFunction({
  name: 'ps.num_cpus',
  summary: 'How many processors the machine has.',
  args: z.object({}),
  examples: ["'*' ps.num_cpus"],
  run: async (_args, context) => (await linesOf(context, 'stat')).filter((line) => /^cpu\d/.test(line)).length,
});

export const bootTime = defineFunction({
  name: 'ps.boot_time',
  summary: 'When the machine was started: seconds since the epoch, or formatted as strftime does.',
  args: z.object({ time_format: optional(text()).describe('Format, e.g. `%s`.') }),
  examples: ["'*' ps.boot_time"],
  async run({ time_format: format }, context) {
    const line = (await linesOf(context, 'stat')).find((one) => one.startsWith('btime '));
    const seconds = Number(line?.split(' ')[1] ?? Number.NaN);
    return format === undefined ? seconds : formatTime(new Date(seconds * 1000), format);
  },
});

const times = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest', 'guest_nice'];

export const cpuTimes = defineFunction({
  name: 'ps.cpu_times',
  summary: 'Seconds that processors spent on what.',
  args: z.object({ per_cpu: withDefault(flag(), false).describe('Tell of each processor.') }),
  examples: ["'*' ps.cpu_times"],
  async run({ per_cpu: each }, context) {
    const ticks = Number((await readOutput(context, ['getconf', 'CLK_TCK'])).trim());
    const lines = (await linesOf(context, 'stat')).filter((line) => (each ? /^cpu\d/ : /^cpu /).test(line));
    const rows = lines.map((line) => {
      const counters = line.split(/\s+/).slice(1);
      return Object.fromEntries(times.map((name, index) => [name, toFloat(Number(counters[index] ?? 0) / ticks)]));
    });
    return each ? rows : rows[0];
  },
});

export const diskPartitions = defineFunction({
  name: 'ps.disk_partitions',
  summary: 'What is mounted.',
  args: z.object({ all: withDefault(flag(), false).describe('Tell of file systems without a device too.') }),
  examples: ["'*' ps.disk_partitions"],
  run: async ({ all }, context) => listPartitions(context, all),
});

export const diskUsage = defineFunction({
  name: 'ps.disk_usage',
  summary: 'How much of the file system of a path is used, in bytes.',
  args: z.object({ path: text().describe('The path.') }),
  examples: ["'*' ps.disk_usage /home"],
  run: async ({ path }, context) => readUsage(context, path),
});

export const diskPartitionUsage = defineFunction({
  name: 'ps.disk_partition_usage',
  summary: 'What is mounted, and how much of it is used.',
  args: z.object({ all: withDefault(flag(), false).describe('Tell of file systems without a device too.') }),
  examples: ["'*' ps.disk_partition_usage"],
  async run({ all }, context) {
    const partitions = await listPartitions(context, all);
    return Promise.all(
      partitions.map(async (one) => ({ ...one, ...(await readUsage(context, String(one.mountpoint))) })),
    );
  },
});

export const networkIoCounters = defineFunction({
  name: 'ps.network_io_counters',
  summary: 'Bytes and packets that went over the network; false for an interface there is none of.',
  args: z.object({ interface: optional(text()).describe('Only of this interface.') }),
  examples: ["'*' ps.network_io_counters", "'*' ps.network_io_counters interface=eth0"],
  async run({ interface: wanted }, context) {
    const rows = (await linesOf(context, 'net/dev')).slice(2).map((line) => line.trim().split(/[:\s]+/));
    const chosen = rows.filter(([name]) => wanted === undefined || name === wanted);
    if (wanted !== undefined && chosen.length === 0) return false;
    const sum = (column: number): number => chosen.reduce((total, row) => total + Number(row[column] ?? 0), 0);
    return {
      ...{ bytes_sent: sum(9), bytes_recv: sum(1), packets_sent: sum(10), packets_recv: sum(2) },
      ...{ errin: sum(3), errout: sum(11), dropin: sum(4), dropout: sum(12) },
    };
  },
});

async function linesOf({ host }: FunctionContext, name: string): Promise<readonly string[]> {
  return ((await readText(host, `/proc/${name}`)) ?? '').split('\n').filter((line) => line !== '');
}

type Partition = {
  readonly device: string;
  readonly mountpoint: string;
  readonly fstype: string;
  readonly opts: string;
  readonly maxfile: number;
  readonly maxpath: number;
};

async function listPartitions(context: FunctionContext, all: boolean): Promise<readonly Partition[]> {
  const known = (await linesOf(context, 'filesystems')).filter((line) => !line.startsWith('nodev'));
  const onDevices = new Set([...known.map((line) => line.trim()), 'zfs']);
  const rows = (await linesOf(context, 'self/mounts')).map((line) => line.split(' ').map(unescape));
  return rows
    .filter(([device = '', , fstype = '']) => all || (device.startsWith('/') && onDevices.has(fstype)))
    .map(([device = '', mountpoint = '', fstype = '', opts = '']) => {
      return { device, mountpoint, fstype, opts, maxfile: 255, maxpath: 4096 };
    });
}

function unescape(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)));
}

async function readUsage(context: FunctionContext, path: string): Promise<Record<string, Plain>> {
  if (!path.startsWith('/')) throw failure(`${path} is no absolute path.`);
  const output = await readOutput(context, ['stat', '--file-system', '--format=%S %b %f %a', '--', path]);
  const [size = 0, blocks = 0, free = 0, available = 0] = output.trim().split(' ').map(Number);
  const used = (blocks - free) * size;
  const usable = used + available * size;
  const percent = toFloat(usable === 0 ? 0 : Math.round((used / usable) * 1000) / 10);
  return { total: blocks * size, used, free: available * size, percent };
}
