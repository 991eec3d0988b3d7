import type { Plain } from '@brine/common';
import { z } from 'zod';
import { operand, optional } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { safeName } from '../safe-name.ts';
import { runAndTellLines } from '../run-program.ts';

const args = z.object({
  device: operand().describe('Path of the disk or partition.'),
  args: optional(safeName('letters of options')).describe('Letters of options of dumpe2fs: h for the head alone.'),
});

type Block = Record<string, Plain> & { readonly extra: string[] };
interface Dump {
  readonly attributes: Record<string, Plain>;
  readonly blocks: Record<string, Block>;
}

export const dump = defineFunction({
  name: 'extfs.dump',
  summary: 'What dumpe2fs tells of a file system: its attributes and its groups of blocks.',
  args,
  examples: ["'*' extfs.dump /dev/sda1"],
  run: async (request, context) => ({ ...(await readDump(request, context)) }),
});

export const attributes = defineFunction({
  name: 'extfs.attributes',
  summary: 'The attributes of a file system.',
  args,
  examples: ["'*' extfs.attributes /dev/sda1"],
  run: async (request, context) => (await readDump(request, context)).attributes,
});

export const blocks = defineFunction({
  name: 'extfs.blocks',
  summary: 'The groups of blocks of a file system.',
  args,
  examples: ["'*' extfs.blocks /dev/sda1"],
  run: async (request, context) => (await readDump(request, context)).blocks,
});

async function readDump(request: z.infer<typeof args>, context: FunctionContext): Promise<Dump> {
  const letters = request.args === undefined ? [] : [`-${request.args}`];
  const lines = await runAndTellLines(context, ['dumpe2fs', request.device, ...letters]);
  const told = lines.filter((line) => line !== '' && !line.startsWith('dumpe2fs'));
  const first = told.findIndex((line) => /^Group (?!descriptor size)/.test(line));
  const head = first === -1 ? told : told.slice(0, first);
  return { attributes: readAttributes(head), blocks: readBlocks(first === -1 ? [] : told.slice(first)) };
}

function readAttributes(lines: readonly string[]): Record<string, Plain> {
  const pairs = lines.flatMap((line): readonly (readonly [string, Plain])[] => {
    const [name = '', value] = line.replaceAll('\t', ' ').split(': ');
    if (value === undefined) return [];
    return [[name, name === 'Filesystem features' ? value.trim().split(/\s+/) : value.trim()]];
  });
  return Object.fromEntries(pairs);
}

function readBlocks(lines: readonly string[]): Record<string, Block> {
  const groups: Record<string, Block> = {};
  let group: Block | undefined;
  for (const line of lines) {
    const [, number, range] = /^Group (\d+)\W+\w+ (\S+?)\)?( |$)/.exec(line) ?? [];
    if (number !== undefined) {
      group = { group: number, range: range ?? '', extra: [] };
      groups[`Group ${number}`] = group;
    } else if (group !== undefined) add(group, line);
  }
  return groups;
}

function add(group: Block, line: string): void {
  const [, kind, list] = /Free (blocks|inodes): (.*)$/.exec(line) ?? [];
  if (kind === undefined) group.extra.push(line.trim());
  else Object.assign(group, { [`free ${kind}`]: (list ?? '').split(', ') });
}
