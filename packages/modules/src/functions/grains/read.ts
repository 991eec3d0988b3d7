import { copyValue, pythonStr, traverse, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { flag, nullableValue, text, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { valueOr } from '../value-or.ts';
import { filterArguments, filterBy, lookupTable } from '../filter-by.ts';
import { valueAt } from '../value-at.ts';

const fallback = valueOr('').describe('The answer when there is no such grain.');
const delimiter = withDefault(text(), ':').describe('What parts the steps of a path.');
const sanitize = withDefault(flag(), false).describe('Blur what identifies the machine.');

export const items = defineFunction({
  name: 'grains.items',
  summary: 'All grains of this minion.',
  args: z.object({ sanitize }),
  examples: ["'*' grains.items", "'*' grains.items sanitize=True"],
  run: ({ sanitize: isBlurred }, { grains }) => (isBlurred ? blur(grains) : grains),
});

export const item = defineFunction({
  name: 'grains.item',
  ignoresOthers: true,
  summary: 'Some grains by name or path; an unknown one is an empty text.',
  args: z.object({
    args: textList().describe('Names or paths of grains.'),
    default: fallback,
    delimiter,
    sanitize,
  }),
  variadic: 'args',
  examples: ["'*' grains.item os", "'*' grains.item os osrelease oscodename"],
  run({ args, default: absent, delimiter: mark, sanitize: isBlurred }, { grains }) {
    const found: Dict = new Map(args.map((path) => [path, valueAt(grains, path, mark, absent)]));
    return isBlurred ? blur(found) : found;
  },
});

export const get = defineFunction({
  name: 'grains.get',
  summary: 'One grain by name or path, or a default.',
  args: z.object({
    key: text().describe('Name, or path with colons.'),
    default: fallback,
    delimiter,
    ordered: withDefault(flag(), true).describe('Grains are always in order; accepted for Salt.'),
  }),
  examples: ["'*' grains.get pkg:apache", "'*' grains.get abc::def|ghi delimiter='|'"],
  run: ({ key, default: absent, delimiter: mark }, { grains }) => copyValue(valueAt(grains, key, mark, absent)),
});

export const hasValue = defineFunction({
  name: 'grains.has_value',
  summary: 'Whether a grain exists, whatever its value.',
  args: z.object({ key: text().describe('Name, or path with colons.') }),
  examples: ["'*' grains.has_value pkg:apache"],
  run: ({ key }, { grains }) => traverse(grains, key) !== undefined,
});

export const ls = defineFunction({
  name: 'grains.ls',
  summary: 'The names of all grains, sorted.',
  args: z.object({}),
  examples: ["'*' grains.ls"],
  run: (_args, { grains }) => [...grains.keys()].map(pythonStr).toSorted(),
});

export const fetch = defineFunction({
  name: 'grains.fetch',
  summary: 'One grain by name or path, or a default; the same as `grains.get`.',
  args: z.object({
    key: text().describe('Name, or path with colons.'),
    default: fallback,
    delimiter,
    ordered: withDefault(flag(), true).describe('Accepted for Salt; dictionaries keep their order.'),
  }),
  examples: ["'*' grains.fetch os"],
  run: ({ key, default: absent, delimiter: mark }, { grains }) => copyValue(valueAt(grains, key, mark, absent)),
});

export const equals = defineFunction({
  name: 'grains.equals',
  summary: 'Whether a grain, written as text, is the given value.',
  args: z.object({
    key: text().describe('Name, or path with colons.'),
    value: nullableValue().describe('The value to compare with.'),
  }),
  examples: ["'*' grains.equals fqdn host.example.com"],
  run: ({ key, value }, { grains }) => pythonStr(value) === pythonStr(valueAt(grains, key, ':', '')),
});

export const filter = defineFunction({
  name: 'grains.filter_by',
  summary: 'Picks an entry of a table by a grain.',
  args: z.object({
    lookup_dict: lookupTable,
    grain: withDefault(text(), 'os_family').describe('The grain to pick by: name, or path with colons.'),
    ...filterArguments,
  }),
  examples: [`'*' grains.filter_by '{Debian: Debheads rule, RedHat: I love my hat}'`],
  run: ({ lookup_dict: table, grain, merge, default: key, base }, { grains }) =>
    filterBy({ table, within: grains, path: grain, merge, default: key, base }),
});

const replacements: ReadonlyMap<Value, string> = new Map([
  ['domain', 'DOMAINNAME'],
  ['fqdn', 'MINION.DOMAINNAME'],
  ['id', 'MINION.DOMAINNAME'],
  ['host', 'MINION'],
  ['localhost', 'MINION'],
  ['nodename', 'MINION'],
]);

function blur(grains: Dict): Dict {
  return new Map(Array.from(grains, ([name, value]) => [name, blurOne(name, value)]));
}

function blurOne(name: Value, value: Value): Value {
  if (name !== 'serialnumber') return replacements.get(name) ?? value;
  const serial = pythonStr(value);
  const kept = Math.floor(serial.length * 0.75);
  return serial.slice(0, kept) + 'X'.repeat(serial.length - kept);
}
