import type { Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, integer, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';

const clean = withDefault(flag(), true).describe('Leave out what is known to be no true value, e.g. serial 0000000.');

export const get = defineFunction({
  name: 'smbios.get',
  summary: 'One text that the firmware tells of the machine; null when it has none.',
  args: z.object({ string: safeName('a keyword of dmidecode').describe('Which, e.g. system-uuid.'), clean }),
  examples: ["'*' smbios.get system-uuid clean=False"],
  async run({ string: keyword, clean: isStrict }, context) {
    const told = (await dmidecode(context, ['-s', keyword])).trim().split('\n');
    const value = told.filter((line) => !line.startsWith('#')).join('\n');
    return value.startsWith('/dev/mem') || (isStrict && !isTrueValue(keyword, value)) ? null : value;
  },
});

export const records = defineFunction({
  name: 'smbios.records',
  summary: 'The records that the firmware has of the machine, or those of one type.',
  args: z.object({
    rec_type: optional(integer()).describe('The type, 0 to 255: 0 is the BIOS, 1 the system, 4 the processors …'),
    fields: optional(commaList()).describe('Only these fields.'),
    clean,
  }),
  examples: [
    "'*' smbios.records clean=False",
    "'*' smbios.records 14",
    "'*' smbios.records 4 core_count,thread_count,current_speed",
  ],
  async run({ rec_type: type, fields, clean: isStrict }, context) {
    const told = await dmidecode(context, type === undefined ? [] : ['-t', String(type)]);
    const [, ...parts] = told.split(/^(Handle 0x[0-9a-f]+[^\n]+)\n/im);
    const heads = parts.filter((_part, at) => at % 2 === 0);
    return heads.flatMap((head, at) => readRecord(head, parts[at * 2 + 1] ?? '', { fields, isStrict }));
  },
});

interface Wish {
  readonly fields: readonly string[] | undefined;
  readonly isStrict: boolean;
}

// `Handle 0x0100, DMI type 1, 27 bytes`
function readRecord(head: string, body: string, wish: Wish): readonly Plain[] {
  const [, handle = '', type = ''] = /^Handle (\S+), DMI type (\d+)/i.exec(head) ?? [];
  const [description = '', ...lines] = body.split('\n');
  const record = { handle, description: description.trim(), type: Number(type) };
  const data = readFields(lines, wish);
  if (Object.keys(data).length > 0) return [{ ...record, data }];
  return wish.isStrict ? [] : [record];
}

function readFields(lines: readonly string[], { fields, isStrict }: Wish): Record<string, Plain> {
  const found = groupLines(lines)
    .filter(({ key }) => !(isStrict && key === 'header_and_data') && fields?.includes(key) !== false)
    .map(({ key, texts: [text = '', ...items] }): [string, Plain | undefined] => {
      const value = toValue(key, text, isStrict);
      const list = items.map((item) => toValue(key, item, isStrict)).filter((item) => item !== undefined);
      if (list.length === 0) return [key, value];
      return [key, value === undefined ? list : [value, ...list]];
    });
  return Object.fromEntries(found.filter((row): row is [string, Plain] => row[1] !== undefined));
}

/** Each field with the text beside its name and the lines below it. */
function groupLines(lines: readonly string[]): readonly { readonly key: string; readonly texts: readonly string[] }[] {
  const groups: { readonly key: string; readonly texts: string[] }[] = [];
  for (const line of lines) {
    const [, field, rest = ''] = /^\t([^\s:][^:]*):(.*)$/.exec(line) ?? [];
    if (field !== undefined)
      groups.push({ key: field.trim().toLowerCase().replaceAll(' ', '_'), texts: [rest.trim()] });
    else if (/^\t\t\S/.test(line)) groups.at(-1)?.texts.push(line.trim());
  }
  return groups;
}

function toValue(key: string, text: string, isStrict: boolean): Plain | undefined {
  if (isStrict && !isTrueValue(key, text)) return undefined;
  if (/^(serial|part|asset|product)/i.test(key)) return text;
  if (text.includes(',')) return text.split(',').map((part) => part.trim());
  return /^[+-]?\d+$/.test(text) ? Number(text) : text;
}

// Makers leave many fields as they found them.
function isTrueValue(key: string, value: string): boolean {
  if (value === '' || /^none/i.test(value)) return false;
  if (key.includes('uuid')) return /^[{]?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}[}]?$/i.test(value);
  if (/serial|part|version/.test(key))
    return !/^0+$|^0?1234567/.test(value) && !/sernum|part[_-]?number|specified|filled|applicable/i.test(value);
  if (/asset|manufacturer/.test(key)) return !/manufacturer|to be filled|available|asset|^no(ne|t)/i.test(value);
  return !/to be filled|un(known|specified)|no(t|ne)? (asset|provided|defined|available|present|specified)/i.test(
    value,
  );
}

async function dmidecode({ host, signal }: FunctionContext, words: readonly string[]): Promise<string> {
  const program = (await host.which('dmidecode')) ?? (await host.which('smbios'));
  if (program === undefined) throw failure('smbios.* needs the program dmidecode; install the package dmidecode.');
  return (await host.inspect({ command: [program, ...words], signal })).stdout;
}
