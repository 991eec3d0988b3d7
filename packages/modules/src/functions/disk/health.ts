import { toFloat, type Plain } from '@brine/common';
import { z } from 'zod';
import {
  commaList,
  either,
  flag,
  integer,
  integerList,
  optional,
  text,
  textList,
  withDefault,
} from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { complaint, readOutput, runAndTell, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const device = safeName('a device').describe('The device.');
const disks = either(commaList(), textList()).describe('The disks, e.g. sda.');

export const getFstypeFromPath = defineFunction({
  name: 'disk.get_fstype_from_path',
  summary: 'The kind of the file system a path is on.',
  args: z.object({ path: text().describe('The path.') }),
  examples: ["'*' disk.get_fstype_from_path /root"],
  async run({ path }, { call }) {
    const mounted = await call('mount.get_device_from_path', [path]);
    return mounted === null ? '' : call('disk.fstype', [mounted]);
  },
});

export const tune = defineFunction({
  name: 'disk.tune',
  summary: 'Sets how a block device is read and written; answers what is set then.',
  args: z.object({
    device,
    'read-ahead': optional(integer()).describe('Sectors read ahead.'),
    'filesystem-read-ahead': optional(integer()).describe('Sectors a file system has read ahead.'),
    'read-only': withDefault(flag(), false).describe('Only let it be read.'),
    'read-write': withDefault(flag(), false).describe('Let it be written.'),
  }),
  examples: ["'*' disk.tune /dev/sda1 read-ahead=1024 read-write=True"],
  async run(args, context) {
    const [ahead, fsAhead] = [args['read-ahead'], args['filesystem-read-ahead']];
    const words = [
      ...(ahead === undefined ? [] : ['--setra', String(ahead)]),
      ...(fsAhead === undefined ? [] : ['--setfra', String(fsAhead)]),
      ...(args['read-only'] ? ['--setro'] : []),
      ...(args['read-write'] ? ['--setrw'] : []),
    ];
    if (words.length > 0) await runAndTell(context, ['blockdev', ...words, args.device], { timeout: 60_000 });
    const asked = [
      ...(ahead === undefined ? [] : ['getra']),
      ...(fsAhead === undefined ? [] : ['getfra']),
      ...(args['read-only'] || args['read-write'] ? ['getro'] : []),
    ];
    return context.call('disk.dump', [args.device, asked]);
  },
});

export const hdparms = defineFunction({
  name: 'disk.hdparms',
  summary: 'What hdparm tells of disks.',
  args: z.object({
    disks,
    args: optional(text().refine((letters) => /^[A-Za-z]+$/.test(letters), 'must be letters of hdparm')).describe(
      'Letters of hdparm for what is asked; all unless given.',
    ),
  }),
  examples: ["'*' disk.hdparms sda"],
  run: ({ disks: names, args: letters }, context) => readParameters(context, names, letters ?? 'aAbBcCdgHiJkMmNnQrRuW'),
});

async function readParameters(
  context: FunctionContext,
  names: readonly string[],
  letters: string,
): Promise<Record<string, Record<string, Plain>>> {
  const found: Record<string, Record<string, Plain>> = {};
  for (const path of names.map(toDevice)) {
    const { stdout } = await runProgram(context, ['hdparm', `-${letters}`, path], { timeout: 300_000 });
    const rows = stdout.split('\n').map((line) => /^([^:=]+)[:=](.*)$/.exec(line.trim()));
    const facts = rows.flatMap((row) => {
      const value = row === null || row[0] === `${path}:` ? undefined : readValue((row[2] ?? '').trim());
      const key = (row?.[1] ?? '').replace(/ is$/, '').trim().toLowerCase().replaceAll(' ', '_');
      return value === undefined ? [] : [[key, value] as const];
    });
    found[path] = Object.fromEntries(facts);
  }
  return found;
}

function toDevice(name: string): string {
  if (!/^[\w/.-]+$/.test(name) || name.startsWith('-')) throw failure(`${name} cannot be a disk.`);
  return name.startsWith('/dev') ? name : `/dev/${name}`;
}

function readValue(written: string): Plain | undefined {
  const [, digits, note] = /^(\d+) \((.*?)\)?$/.exec(written) ?? [];
  if (digits !== undefined) return [Number(digits), (note ?? '').split(' ')[0] ?? ''];
  const parts = written.split(/[/,]/).map((part) => part.trim());
  const plain = parts.filter((part) => part !== '' && !part.includes('='));
  const pairs = parts.filter((part) => part.includes('=')).map((part) => part.split('='));
  const named = pairs.map(([key = '', value = '']) => [key.trim(), value.trim()] as const);
  const values: Plain[] = plain.map((part) => (/^-?\d+$/.test(part) ? Number(part) : part));
  if (named.length > 0) values.push(Object.fromEntries(named.filter(([, value]) => value !== '')));
  return values.length <= 1 ? values[0] : values;
}

export const hpa = defineFunction({
  name: 'disk.hpa',
  summary: 'The part of disks that is hidden; with a size it is set, and nothing answered.',
  args: z.object({ disks, size: optional(text()).describe('Sectors, or a percentage, to hide; 0 for none.') }),
  examples: ["'*' disk.hpa /dev/sda", "'*' disk.hpa /dev/sda 5%"],
  async run({ disks: names, size }, context): Promise<Plain> {
    const found = Object.entries(await readParameters(context, names, 'N')).map(([path, facts]) => {
      const [visible = 0, total = 0, state = ''] = (Object.values(facts)[0] ?? []) as readonly Plain[];
      const isHidden = visible !== total && !String(state as string).includes('disabled');
      return { path, visible: Number(visible), total: Number(total), isHidden };
    });
    if (size === undefined)
      return Object.fromEntries(
        found.map(({ path, visible, total, isHidden }) => [
          path,
          isHidden ? { total, visible, hidden: total - visible } : { total },
        ]),
      );
    const [, digits, percent] = /^(\d+)(%?)$/.exec(size) ?? [];
    if (digits === undefined) throw failure('size is a number of sectors or a percentage.');
    for (const { path, total } of found) {
      const left = percent === '%' ? Math.floor(((100 - Number(digits)) * total) / 100) : total - Number(digits);
      const command = ['hdparm', '--yes-i-know-what-i-am-doing', `-Np${left <= 0 ? total : left}`, path];
      const result = await runProgram(context, command, { timeout: 300_000 });
      if (result.exitCode !== 0) throw failure(`hdparm: ${complaint(result)}`);
    }
    return null;
  },
});

export const smartAttributes = defineFunction({
  name: 'disk.smart_attributes',
  summary: 'The S.M.A.R.T. attributes of a disk, by number.',
  args: z.object({
    dev: device,
    attributes: optional(integerList()).describe('Only these numbers.'),
    values: optional(textList()).describe('Only these columns.'),
  }),
  examples: ["'*' disk.smart_attributes /dev/sda", "'*' disk.smart_attributes /dev/sda attributes=[1,3]"],
  async run({ dev, attributes, values }, context) {
    const told = await readOutput(context, ['smartctl', '--attributes', toDevice(dev)], { timeout: 300_000 });
    const lines = told.split('\n');
    const head = lines.findIndex((line) => line.startsWith('ID#'));
    const fields = (lines[head] ?? '').trim().toLowerCase().split(/\s+/).slice(1);
    const rows = lines.slice(head + 1).filter((line) => /^\s*\d/.test(line));
    const found = rows.map((row): [number, Plain] => {
      const words = row.trim().split(/\s+/);
      const cells = fields.map((field, index) => {
        const isLast = index === fields.length - 1;
        return [field, readCell(isLast ? words.slice(index + 1).join(' ') : (words[index + 1] ?? ''))] as const;
      });
      return [
        Number(words[0]),
        Object.fromEntries(cells.filter(([field]) => values === undefined || values.includes(field))),
      ];
    });
    const wanted = found.filter(([number]) => attributes === undefined || attributes.includes(number));
    return new Map(wanted.map(([number, facts]) => [number, new Map(Object.entries(facts as object)) as never]));
  },
});

function readCell(written: string): Plain {
  if (/^\d+$/.test(written)) return Number(written);
  const words = written.split(' ');
  return words.every((word) => /^\d+$/.test(word)) ? words.map(Number) : written;
}

export const iostat = defineFunction({
  name: 'disk.iostat',
  summary: 'What iostat measured, on average.',
  args: z.object({
    interval: withDefault(integer(), 1).describe('Seconds between two looks.'),
    count: withDefault(integer(), 5).describe('How many looks.'),
    disks: optional(either(commaList(), textList())).describe('Only these disks.'),
  }),
  examples: ["'*' disk.iostat 1 5", "'*' disk.iostat disks=sda"],
  async run({ interval, count, disks: names }, context) {
    const chosen = (names ?? []).map((name) => toDevice(name).replace('/dev/', ''));
    const options = names === undefined ? ['-x'] : ['-xd'];
    const command = ['iostat', ...options, String(interval), String(count), ...chosen];
    const timeout = interval * count * 1000 + 60_000;
    return averages(await readOutput(context, command, { timeout, environment: { LC_ALL: 'C' } }));
  },
});

function averages(told: string): Plain {
  const sums = new Map<string, { readonly header: readonly string[]; readonly rows: number[][] }>();
  const note = (name: string, header: readonly string[], cells: readonly string[]): void => {
    const entry = sums.get(name) ?? { header, rows: [] };
    entry.rows.push(cells.map(Number));
    sums.set(name, entry);
  };
  let header: readonly string[] = [];
  for (const line of told.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (line.startsWith('avg-cpu:') || /^Device:?\s/.test(line)) header = words;
    else if (header[0] === 'avg-cpu:' && /^[\d.]/.test(words[0] ?? '')) note('sys', header.slice(1), words);
    else if ((header[0] ?? '').startsWith('Device') && words.length === header.length)
      note(words[0] ?? '', header.slice(1), words.slice(1));
  }
  return Object.fromEntries(
    [...sums].map(([name, { header: names, rows }]) => [
      name,
      Object.fromEntries(
        names.map((column, index) => {
          const mean = rows.reduce((sum, row) => sum + (row[index] ?? 0), 0) / rows.length;
          return [column, toFloat(Math.round(mean * 100) / 100)] as const;
        }),
      ),
    ]),
  );
}
