import { setTimeout as wait } from 'node:timers/promises';
import { toFloat, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, integer, number, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { readOutput, runAndTell } from '../run-program.ts';
import { readText } from '../text-file.ts';
import { safeName } from '../safe-name.ts';

const seconds = (fallback: number) =>
  withDefault(
    number().refine((value) => value >= 0 && value <= 3600, 'must be a number of seconds up to an hour'),
    fallback,
  ).describe('Seconds to look for.');

export const cpuPercent = defineFunction({
  name: 'ps.cpu_percent',
  summary: 'How busy the processors are, in percent.',
  args: z.object({ interval: seconds(0.1), per_cpu: withDefault(flag(), false).describe('Tell of each processor.') }),
  examples: ["'*' ps.cpu_percent"],
  async run({ interval, per_cpu: each }, context) {
    const before = await readBusy(context, each);
    await wait(interval * 1000, undefined, { signal: context.signal });
    const after = await readBusy(context, each);
    const percents = after.map(({ busy, total }, index) => {
      const [spent, all] = [busy - (before[index]?.busy ?? 0), total - (before[index]?.total ?? 0)];
      return toFloat(all <= 0 ? 0 : Math.round((Math.max(0, spent) / all) * 1000) / 10);
    });
    return each ? percents : (percents[0] ?? toFloat(0));
  },
});

// Of user, nice, system, idle, iowait, irq, softirq, steal: idle and iowait are no work; guest is within user.
async function readBusy(
  { host }: FunctionContext,
  each: boolean,
): Promise<readonly Record<'busy' | 'total', number>[]> {
  const lines = ((await readText(host, '/proc/stat')) ?? '').split('\n');
  return lines
    .filter((line) => (each ? /^cpu\d/ : /^cpu /).test(line))
    .map((line) => {
      const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
      const total = ticks.reduce((sum, tick) => sum + tick, 0);
      return { total, busy: total - (ticks[3] ?? 0) - (ticks[4] ?? 0) };
    });
}

export const top = defineFunction({
  name: 'ps.top',
  summary: 'The processes that used the processors most while it looked.',
  args: z.object({
    num_processes: withDefault(integer(), 5).describe('How many to tell.'),
    interval: seconds(3),
  }),
  examples: ["'*' ps.top", "'*' ps.top 5 10"],
  async run({ num_processes: count, interval }, context) {
    const ticks = Number((await readOutput(context, ['getconf', 'CLK_TCK'])).trim());
    const page = Number((await readOutput(context, ['getconf', 'PAGE_SIZE'])).trim());
    const before = await readUsage(context);
    await wait(interval * 1000, undefined, { signal: context.signal });
    const after = await readUsage(context);
    const busiest = [...after]
      .filter(([pid]) => before.has(pid))
      .map(([pid, fields]) => ({ pid, fields, spent: usedOf(fields) - usedOf(before.get(pid) ?? []) }))
      .toSorted((a, b) => b.spent - a.spent)
      .slice(0, count);
    const bootLine = ((await readText(context.host, '/proc/stat')) ?? '').split('\n');
    const boot = Number(bootLine.find((line) => line.startsWith('btime '))?.split(' ')[1] ?? 0);
    const rows = await Promise.all(
      busiest.map(({ pid, fields }) => describeProcess(context, { pid, fields, ticks, page, boot })),
    );
    return rows.filter((row) => row !== undefined);
  },
});

type Fields = readonly string[];

// The fields of /proc/PID/stat after the name, so that the first is the state (field 3 of proc(5)).
async function readUsage({ host }: FunctionContext): Promise<ReadonlyMap<number, Fields>> {
  const names = ((await host.files.list('/proc')) ?? []).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(
    names.map(
      async (name) => [Number(name), await readText(host, `/proc/${name}/stat`).catch(() => undefined)] as const,
    ),
  );
  return new Map(
    rows.flatMap(([pid, line]) =>
      line === undefined
        ? []
        : [
            [
              pid,
              line
                .slice(line.lastIndexOf(')') + 2)
                .trim()
                .split(' '),
            ] as const,
          ],
    ),
  );
}

function usedOf(fields: Fields): number {
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

async function describeProcess(
  context: FunctionContext,
  found: {
    readonly pid: number;
    readonly fields: Fields;
    readonly ticks: number;
    readonly page: number;
    readonly boot: number;
  },
): Promise<Plain | undefined> {
  const { pid, fields, ticks, page, boot } = found;
  const info = await context.call('ps.proc_info', [pid]).catch(() => undefined);
  const memory = (await readText(context.host, `/proc/${pid}/statm`).catch(() => undefined))?.trim().split(' ');
  if (!(info instanceof Map) || memory === undefined) return undefined;
  const time = (index: number) => toFloat(Number(fields[index] ?? 0) / ticks);
  const bytes = (index: number): number => Number(memory[index] ?? 0) * page;
  const command = info.get('cmdline');
  return {
    cmd: (Array.isArray(command) && command.length > 0 ? command : (info.get('name') ?? '')) as Plain,
    user: (info.get('username') ?? null) as Plain,
    status: (info.get('status') ?? null) as Plain,
    pid,
    create_time: toFloat(boot + Number(fields[19] ?? 0) / ticks),
    cpu: {
      user: time(11),
      system: time(12),
      children_user: time(13),
      children_system: time(14),
      iowait: time(39),
    },
    mem: {
      rss: bytes(1),
      vms: bytes(0),
      shared: bytes(2),
      text: bytes(3),
      lib: bytes(4),
      data: bytes(5),
      dirty: bytes(6),
    },
  };
}

export const diskIoCounters = defineFunction({
  name: 'ps.disk_io_counters',
  summary: 'What disks read and wrote, of all or of one; false for one that is not there.',
  args: z.object({ device: optional(text()).describe('Name of the disk, e.g. `sda1`.') }),
  examples: ["'*' ps.disk_io_counters", "'*' ps.disk_io_counters device=sda1"],
  async run({ device }, { host }) {
    const disks = new Set((await host.files.list('/sys/block')) ?? []);
    const rows = ((await readText(host, '/proc/diskstats')) ?? '')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((row) => row.length >= 14);
    if (device !== undefined) {
      const row = rows.find((each) => each[2] === device);
      return row === undefined ? false : countersOf([row]);
    }
    // Partitions count within their disks.
    return countersOf(rows.filter((row) => disks.has(row[2] ?? '')));
  },
});

function countersOf(rows: readonly (readonly string[])[]): Plain {
  const sum = (index: number): number => rows.reduce((total, row) => total + Number(row[index] ?? 0), 0);
  const sector = 512;
  return {
    read_count: sum(3),
    write_count: sum(7),
    read_bytes: sum(5) * sector,
    write_bytes: sum(9) * sector,
    read_time: sum(6),
    write_time: sum(10),
    read_merged_count: sum(4),
    write_merged_count: sum(8),
    busy_time: sum(12),
  };
}

export const getUsers = defineFunction({
  name: 'ps.get_users',
  summary: 'Who is logged in: name, terminal, host, since when.',
  args: z.object({}),
  examples: ["'*' ps.get_users"],
  async run(_args, context) {
    const said = await readOutput(context, ['who', '--users'], {
      environment: { LC_ALL: 'C', TZ: 'UTC' },
    });
    return said.split('\n').flatMap((line): Plain[] => {
      const [, name, terminal, day, time, pid, host = ''] =
        /^(\S+)\s+(\S+)\s+(\d{4}-\d\d-\d\d) (\d\d:\d\d)\s+\S+\s+(\d+)(?:\s+\((.*)\))?/.exec(line) ?? [];
      if (name === undefined || terminal === undefined) return [];
      const started = toFloat(Date.parse(`${day}T${time}:00Z`) / 1000);
      return [{ name, terminal, host, started, pid: Number(pid) }];
    });
  },
});

const name = safeName('a text without a dash in front').describe('What lines have to contain.');

export const lsof = defineFunction({
  name: 'ps.lsof',
  summary: 'The open files of the programs whose names begin so, as lsof tells them.',
  args: z.object({ name: safeName('the name of a program').describe('The name.') }),
  examples: ["'*' ps.lsof apache2"],
  run: async ({ name: program }, context) => [
    program,
    await runAndTell(context, ['lsof', '-c', program], { timeout: 300_000 }),
  ],
});

export const netstat = linesOf('netstat', ['-nap']);
export const ss = linesOf('ss', ['-neap']);

function linesOf(program: string, options: readonly string[]) {
  return defineFunction({
    name: `ps.${program}`,
    summary: `The lines of \`${program} ${options.join(' ')}\` with a text in them.`,
    args: z.object({ name }),
    examples: [`'*' ps.${program} apache2`],
    async run({ name: wanted }, context) {
      const said = await readOutput(context, [program, ...options], { timeout: 300_000 });
      return [wanted, said.split('\n').filter((line) => line.includes(wanted))];
    },
  });
}

export const status = defineFunction({
  name: 'ps.status',
  summary: 'The processes in a state: running, sleeping, zombie and so on.',
  args: z.object({ status: text().describe('The state.') }),
  examples: ["'*' ps.status STATUS"],
  async run({ status: wanted }, context) {
    if (wanted === '') throw failure('Filter is required for ps.status');
    const pids = await context.call('ps.get_pid_list');
    const rows = await Promise.all(
      (Array.isArray(pids) ? pids : []).map((pid) => context.call('ps.proc_info', [pid]).catch(() => undefined)),
    );
    return rows
      .filter((row) => row instanceof Map)
      .filter((row) => row.get('status') === wanted)
      .map((row): Plain => ({ name: (row.get('name') ?? '') as Plain, pid: (row.get('pid') ?? 0) as Plain }));
  },
});
