import type { Plain } from '@brine/common';
import { z } from 'zod';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { readOutput } from '../run-program.ts';
import { readText } from '../text-file.ts';

export const version = kernelFunction('version', 'What the kernel says of its version.', async (context) =>
  (await readProc(context, 'version')).trim(),
);
export const nproc = kernelFunction('nproc', 'How many processors this process may use.', async (context) =>
  Number((await readOutput(context, ['nproc'])).trim()),
);
export const vmstats = kernelFunction('vmstats', 'Counters of virtual memory.', async (context) => {
  const rows = (await linesOf(context, 'vmstat')).map((line) => line.split(/\s+/));
  return Object.fromEntries(rows.map(([name = '', value]) => [name, Number(value)]));
});
export const cpuinfo = kernelFunction('cpuinfo', 'What is known of the processors; the last one counts.', readCpu);
export const cpustats = kernelFunction('cpustats', 'Counters of the processors.', readCpuCounters);
export const diskstats = kernelFunction('diskstats', 'Counters of the disks, by device.', readDiskCounters);
export const netdev = kernelFunction('netdev', 'Counters of the network interfaces.', readInterfaceCounters);
export const netstats = kernelFunction('netstats', 'Counters of the network protocols.', readProtocolCounters);
export const who = kernelFunction('w', 'Who is logged in and does what.', readSessions);
export const procs = kernelFunction('procs', 'The processes: number → user and command.', async (context) => {
  const [head = '', ...rows] = (await readOutput(context, ['ps', '-efHww'])).split('\n');
  const columns = head.trim().split(/\s+/);
  const [user, pid, command] = ['UID', 'PID', 'CMD'].map((name) => columns.indexOf(name));
  const words = rows.filter((row) => row !== '').map((row) => row.trim().split(/\s+/));
  return Object.fromEntries(
    words.map((row) => [row[pid ?? 1] ?? '', { user: row[user ?? 0], cmd: row.slice(command ?? 7).join(' ') }]),
  );
});

export const allStatus = kernelFunction('all_status', 'All that status.* tells at once.', async ({ call }) => {
  const parts = [
    'cpuinfo',
    'cpustats',
    'diskstats',
    'loadavg',
    'meminfo',
    'netdev',
    'netstats',
    'uptime',
    'vmstats',
    'w',
  ];
  const values = await Promise.all(parts.map((part) => call(`status.${part}`)));
  return Object.fromEntries(parts.map((part, index) => [part, values[index]]));
});

function kernelFunction(
  name: string,
  summary: string,
  read: (context: FunctionContext) => Promise<Plain>,
): FunctionDeclaration {
  return defineFunction({
    name: `status.${name}`,
    summary,
    args: z.object({}),
    examples: [`'*' status.${name}`],
    run: (_args, context) => read(context),
  });
}

async function readProc({ host }: FunctionContext, name: string): Promise<string> {
  return (await readText(host, `/proc/${name}`)) ?? '';
}

async function linesOf(context: FunctionContext, name: string): Promise<readonly string[]> {
  return (await readProc(context, name)).split('\n').filter((line) => line.trim() !== '');
}

async function readCpu(context: FunctionContext): Promise<Plain> {
  const rows = (await linesOf(context, 'cpuinfo')).map((line) => line.split(':'));
  return Object.fromEntries(
    rows.map(([name = '', ...rest]): [string, Plain] => {
      const [key, value] = [name.trim(), rest.join(':').trim()];
      return [key, key === 'flags' || key === 'Features' ? value.split(/\s+/) : value];
    }),
  );
}

async function readCpuCounters(context: FunctionContext): Promise<Plain> {
  const counters = (await linesOf(context, 'stat')).map((line): [string, Plain] => {
    const [name = '', ...words] = line.trim().split(/\s+/);
    const numbers = words.map(Number);
    const [total, ...rest] = numbers;
    if (name === 'intr') return [name, { total, irqs: rest }];
    if (name === 'softirq') return [name, { total, softirqs: rest }];
    if (name !== 'cpu') return [name, total];
    const [user, nice, system, idle, iowait, irq, softirq, steal] = numbers;
    return [name, { idle, iowait, irq, nice, softirq, steal, system, user }];
  });
  return Object.fromEntries(counters);
}

const diskFields = [
  'reads_issued',
  'reads_merged',
  'sectors_read',
  'ms_spent_reading',
  'writes_completed',
  'writes_merged',
  'sectors_written',
  'ms_spent_writing',
  'io_in_progress',
  'ms_spent_in_io',
  'weighted_ms_spent_in_io',
];

async function readDiskCounters(context: FunctionContext): Promise<Plain> {
  const rows = (await linesOf(context, 'diskstats')).map((line) => line.trim().split(/\s+/));
  return Object.fromEntries(
    rows.map(([major, minor, device = '', ...counters]) => [
      device,
      {
        ...{ major: Number(major), minor: Number(minor), device },
        ...Object.fromEntries(diskFields.map((field, index) => [field, Number(counters[index])])),
      },
    ]),
  );
}

const received = ['bytes', 'packets', 'errs', 'drop', 'fifo', 'frame', 'compressed', 'multicast'];
const sent = ['bytes', 'packets', 'errs', 'drop', 'fifo', 'colls', 'carrier', 'compressed'];

async function readInterfaceCounters(context: FunctionContext): Promise<Plain> {
  const rows = (await linesOf(context, 'net/dev')).slice(2).map((line) => line.trim().split(/[:\s]+/));
  const fields = [...received.map((name) => `rx_${name}`), ...sent.map((name) => `tx_${name}`)];
  return Object.fromEntries(
    rows.map(([iface = '', ...counters]) => [
      iface,
      { iface, ...Object.fromEntries(fields.map((field, index) => [field, Number(counters[index])])) },
    ]),
  );
}

// Two lines belong together: names and numbers.
async function readProtocolCounters(context: FunctionContext): Promise<Plain> {
  const lines = (await linesOf(context, 'net/netstat')).map((line) => line.trim().split(/\s+/));
  const pairs = lines.flatMap((names, index) => (index % 2 === 0 ? [[names, lines[index + 1] ?? []] as const] : []));
  return Object.fromEntries(
    pairs.map(([[protocol = '', ...names], [, ...numbers]]) => [
      protocol.replace(':', ''),
      Object.fromEntries(names.map((name, index) => [name, Number(numbers[index])])),
    ]),
  );
}

async function readSessions(context: FunctionContext): Promise<Plain> {
  const rows = (await readOutput(context, ['w', '-fh'])).split('\n').filter((row) => row.trim() !== '');
  return rows.map((row) => {
    const [user, tty, login, idle, jcpu, pcpu, ...what] = row.trim().split(/\s+/);
    return { idle, jcpu, login, pcpu, tty, user, what: what.join(' ') };
  });
}
