import { isDict, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import {
  absolutePath,
  anyValue,
  defineState,
  fails,
  flag,
  integer,
  isOk,
  optional,
  text,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { expandHome, isDirectory } from '../../providers/files/paths.ts';
import { setKeys, type KeySetting } from '../../providers/text/set-keys.ts';

/** `file.keyvalue` */
export const keyvalue = defineState({
  name: 'file.keyvalue',
  summary: 'Keeps the values of keys in a file of lines such as key=value.',
  args: z.object({
    name: absolutePath().describe('Absolute path of the file.'),
    key: optional(text()).describe('A key.'),
    value: optional(anyValue()).describe('Its value.'),
    key_values: optional(anyValue()).describe('Several keys with their values.'),
    separator: withDefault(text(), '=').describe('What stands between a key and its value.'),
    append_if_not_found: withDefault(flag(), false).describe('Adds missing keys at the end.'),
    prepend_if_not_found: withDefault(flag(), false).describe('Adds missing keys at the start.'),
    search_only: withDefault(flag(), false).describe('Accepted for compatibility; does nothing, as in Salt.'),
    show_changes: withDefault(flag(), true).describe('Whether changes show a diff.'),
    ignore_if_missing: withDefault(flag(), false).describe('Whether a missing file is well.'),
    count: withDefault(integer(), 1).describe('How many lines of a key may stay; -1 for all.'),
    uncomment: optional(text()).describe('Characters that are taken from the start of a line with a key.'),
    key_ignore_case: withDefault(flag(), false).describe('Whether letter case of keys does not matter.'),
    value_ignore_case: withDefault(flag(), false).describe('Whether letter case of values does not matter.'),
  }),
  examples: [
    `/etc/default/grub:
  file.keyvalue:
    - key_values:
        GRUB_TIMEOUT: '2'
    - append_if_not_found: true`,
  ],
  async check(args, { host }) {
    const pairs = readPairs(args);
    if (typeof pairs === 'string') return fails(pairs);
    if (args.separator === '') return fails('The separator is empty');
    const name = await expandHome(host, args.name);
    const bytes = (await isDirectory(host, name)) ? undefined : await host.files.read(name);
    if (bytes === undefined)
      return args.ignore_if_missing ? isOk(`unable to open ${name}`) : fails(`unable to open ${name}`);
    const { changes: count, diff, text: edited } = setKeys(Buffer.from(bytes).toString('utf8'), { ...args, pairs });
    if (count === 0) return isOk('');
    const changes = args.show_changes ? { diff: diff.join('') } : {};
    const shown = args.show_changes ? `\nPredicted diff:\n\r\t\t${diff.join('\r\t\t')}` : '';
    return willChange({ comment: `File ${name} is set to be changed (${count} lines)${shown}`, changes }, (machine) =>
      attempt('', async () => {
        await machine.files.write((await machine.files.realPath(name)) ?? name, Buffer.from(edited));
        return { comment: `Changed ${count} lines`, changes };
      }),
    );
  },
});

function readPairs(args: {
  readonly key: string | undefined;
  readonly value: Value | undefined;
  readonly key_values: Value | undefined;
}): readonly KeySetting[] | string {
  const { key, value, key_values: several } = args;
  const isPair = key !== undefined && value !== undefined;
  const isEmpty = several === undefined || several === null || (Array.isArray(several) && several.length === 0);
  const pairs = isPair ? new Map<Value, Value>([[key, value]]) : isEmpty ? new Map<Value, Value>() : several;
  if (!isDict(pairs)) return 'file.keyvalue key and value not supplied and key_values is not a dictionary';
  if (pairs.size === 0) return 'file.keyvalue key and value not supplied and key_values is empty';
  return Array.from(pairs, ([one, setting]) => ({
    key: pythonStr(one),
    value: pythonStr(setting),
    type: typeof setting === 'string' ? undefined : typeNames[typeof setting],
  }));
}

const typeNames: Readonly<Record<string, string>> = { number: 'int', bigint: 'int', boolean: 'bool' };
