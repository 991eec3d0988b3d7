import { copyValue, equalValues, isDict, pythonStr, traverse, updateDict, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { flag, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { filterArguments, filterBy, lookupTable } from '../filter-by.ts';
import { valueAt } from '../value-at.ts';
import { isTruthy } from '../../kit/truth.ts';
import { valueOr } from '../value-or.ts';
import { compilePillar, environmentArguments } from './compile.ts';

const delimiter = withDefault(text(), ':').describe('What parts the steps of a path.');

const getArguments = {
  key: text().describe('Name, or path with colons.'),
  default: optionalValue().describe('The answer when there is no such key.'),
  merge: withDefault(flag(), false).describe('Lay the pillar value over a default that is a dictionary or list.'),
  merge_nested_lists: optional(flag()).describe('Join nested lists as well; `pillar_merge_lists` unless given.'),
  delimiter,
  ...environmentArguments,
};

export const get = defineFunction({
  name: 'pillar.get',
  summary: 'A value of the pillar by name or path, or a default.',
  args: z.object(getArguments),
  examples: ["'*' pillar.get pkg:apache", "'*' pillar.get abc::def|ghi delimiter='|'"],
  async run(args, context) {
    const pillar = await pillarOf(context, args);
    const found = traverse(pillar, args.key, args.delimiter);
    const merged = args.merge ? mergeWithDefault(args, found, context) : undefined;
    if (merged !== undefined) return merged;
    if (found !== undefined) return found;
    if (args.default !== undefined) return args.default;
    if (isTruthy(context.options.get('pillar_raise_on_missing') ?? false)) {
      throw failure(`Pillar key not found: ${args.key}`);
    }
    return '';
  },
});

export const fetch = defineFunction({ ...get, name: 'pillar.fetch', examples: ["'*' pillar.fetch pkg:apache"] });

export const item = defineFunction({
  name: 'pillar.item',
  ignoresOthers: true,
  summary: 'Some pillar values by name or path; an unknown one is an empty text.',
  args: z.object({
    args: textList().describe('Names or paths.'),
    default: valueOr('').describe('The answer for one that is unknown.'),
    delimiter,
    ...environmentArguments,
  }),
  variadic: 'args',
  examples: ["'*' pillar.item foo", "'*' pillar.item foo:bar baz"],
  async run(args, context) {
    const pillar = await pillarOf(context, args);
    return new Map(args.args.map((path) => [path, valueAt(pillar, path, args.delimiter, args.default)]));
  },
});

export const raw = defineFunction({
  name: 'pillar.raw',
  summary: 'The pillar this run is pinned to, or one top-level entry of it.',
  args: z.object({ key: optional(text()).describe('Name of the entry.') }),
  examples: ["'*' pillar.raw", "'*' pillar.raw key='roles'"],
  run: ({ key }, { pillar }) =>
    key === undefined || key === '' ? pillar : pillar.has(key) ? (pillar.get(key) ?? null) : new Map(),
});

export const keys = defineFunction({
  name: 'pillar.keys',
  summary: 'The keys of a dictionary in the pillar.',
  args: z.object({ key: text().describe('Name, or path with colons.'), delimiter }),
  examples: ["'*' pillar.keys web:sites"],
  run({ key, delimiter: mark }, { pillar }) {
    const found = traverse(pillar, key, mark);
    if (found === undefined) throw failure(`Pillar key not found: ${key}`);
    if (!isDict(found)) throw failure(`Pillar value in key ${key} is not a dict`);
    return [...found.keys()];
  },
});

export const filter = defineFunction({
  name: 'pillar.filter_by',
  summary: 'Picks an entry of a table by a pillar value.',
  args: z.object({
    lookup_dict: lookupTable,
    pillar: text().describe('The pillar value to pick by: name, or path with colons.'),
    ...filterArguments,
  }),
  examples: [`'*' pillar.filter_by '{web: Serve it up, db: I query}' role`],
  run: ({ lookup_dict: table, pillar: path, merge, default: key, base }, { pillar }) =>
    filterBy({ table, within: pillar, path, merge, default: key, base }),
});

export const fileExists = defineFunction({
  name: 'pillar.file_exists',
  summary: 'Whether a file lies below the pillar roots of this machine.',
  args: z.object({
    path: text().describe('Path below a pillar root.'),
    saltenv: optional(text()).describe('The only environment to look in.'),
  }),
  examples: ["'*' pillar.file_exists foo/bar.sls"],
  async run({ path, saltenv }, { options, host }) {
    const roots = options.get('pillar_roots');
    if (!isDict(roots) || roots.size === 0) {
      throw failure('No pillar_roots found. Are you running this on the master?');
    }
    for (const [environment, folders] of roots) {
      if (saltenv !== undefined && pythonStr(environment) !== saltenv) continue;
      for (const folder of Array.isArray(folders) ? folders : [folders]) {
        const stat = await host.files.stat(`${pythonStr(folder)}/${path}`, { follow: true });
        if (stat?.kind === 'file') return true;
      }
    }
    return false;
  },
});

function optionalValue(): ReturnType<typeof optional<Value>> {
  return z.custom<Value | undefined>().meta({ expected: 'a value' });
}

async function pillarOf(
  context: FunctionContext,
  { pillarenv, saltenv }: { readonly pillarenv: string | undefined; readonly saltenv: string | undefined },
): Promise<Dict> {
  if (pillarenv === undefined && saltenv === undefined) return context.pillar;
  return compilePillar(context, { pillarenv, saltenv });
}

type GetArguments = z.infer<z.ZodObject<typeof getArguments>>;

function mergeWithDefault(args: GetArguments, found: Value | undefined, context: FunctionContext): Value | undefined {
  const fallback = args.default ?? '';
  const mergeLists = args.merge_nested_lists ?? isTruthy(context.options.get('pillar_merge_lists') ?? false);
  if (isDict(fallback)) {
    const value = found === undefined ? new Map() : found;
    if (isDict(value)) return updateDict(copyValue(fallback), value, { mergeLists });
  } else if (Array.isArray(fallback)) {
    const value = found === undefined ? [] : found;
    if (Array.isArray(value)) return [...fallback, ...value.filter((member) => !includes(fallback, member))];
  }
  context.log.error('pillar.get can merge only a dictionary with a dictionary or a list with a list', {
    key: args.key,
  });
  return undefined;
}

function includes(list: readonly Value[], wanted: Value): boolean {
  return list.some((member) => equalValues(member, wanted));
}
