import { isDict, matchGlob, mergeValues, pythonStr, traverse, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { flag, nullableValue, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { valueOr } from '../value-or.ts';
import { defaultSettings } from './default-settings.ts';

const omitOpts = withDefault(flag(), false).describe('Do not look into the configuration.');
const omitGrains = withDefault(flag(), false).describe('Do not look into the grains.');
const omitPillar = withDefault(flag(), false).describe('Do not look into the pillar.');
const omitMaster = withDefault(flag(), false).describe("Do not look into the pillar's `master`.");

export const get = defineFunction({
  name: 'config.get',
  summary: 'A setting by name or path: from the configuration, else the grains, else the pillar, else a default.',
  args: z.object({
    key: text().describe('Name, or path with colons.'),
    default: valueOr('').describe('The answer when it is set nowhere.'),
    delimiter: withDefault(text(), ':').describe('What parts the steps of a path.'),
    merge: optional(text()).describe('`recurse` or `overwrite`: lay all sources over each other first.'),
    omit_opts: omitOpts,
    omit_pillar: omitPillar,
    omit_master: omitMaster,
    omit_grains: omitGrains,
  }),
  examples: ["'*' config.get pkg:apache", "'*' config.get lxc.container_profile:centos merge=recurse"],
  async run(args, context) {
    const sources = sourcesOf(context, args);
    const searched = args.merge === undefined ? sources : [mergeSources(args.merge, sources, context)];
    for (const source of searched) {
      const found = traverse(source, args.key, args.delimiter);
      if (found !== undefined) return resolveStored(found, context);
    }
    return args.default;
  },
});

export const option = defineFunction({
  name: 'config.option',
  summary: 'A setting by name, from the configuration, else the grains, else the pillar; paths are not walked.',
  args: z.object({
    value: text().describe('Name, or a glob with `wildcard`.'),
    default: nullableValue().describe('The answer when it is set nowhere.'),
    omit_opts: omitOpts,
    omit_grains: omitGrains,
    omit_pillar: omitPillar,
    omit_master: omitMaster,
    omit_all: withDefault(flag(), false).describe('Look nowhere but into the defaults.'),
    wildcard: withDefault(flag(), false).describe('Answer all settings that match a glob.'),
  }),
  examples: ["'*' config.option redis.host"],
  run(args, context) {
    const sources = args.omit_all ? [defaultSettings()] : sourcesOf(context, args);
    if (args.wildcard) return matching(sources, args.value, args.default);
    for (const source of sources) {
      const found = source.get(args.value);
      if (found !== undefined) return found;
    }
    return args.default ?? '';
  },
});

export const merge = defineFunction({
  name: 'config.merge',
  summary: 'A setting by name, its dictionaries and lists joined from configuration and pillar.',
  args: z.object({
    value: text().describe('Name.'),
    default: valueOr('').describe('The answer when it is set nowhere.'),
    omit_opts: omitOpts,
    omit_master: omitMaster,
    omit_pillar: omitPillar,
  }),
  examples: ["'*' config.merge schedule"],
  run(args, { options, pillar }) {
    const sources = [
      args.omit_opts ? undefined : options,
      args.omit_master ? undefined : masterOf(pillar),
      args.omit_pillar ? undefined : pillar,
    ];
    let joined: Value | undefined;
    for (const source of sources) joined = join(joined, source?.get(args.value));
    return joined ?? defaultSettings().get(args.value) ?? args.default;
  },
});

export const dotVals = defineFunction({
  name: 'config.dot_vals',
  summary: 'The settings whose names begin with a word and a dot.',
  args: z.object({ value: text().describe('The word before the dot.') }),
  examples: ["'*' config.dot_vals host"],
  run({ value }, { options, pillar }) {
    const all = [...masterOf(pillar), ...options];
    return new Map(all.filter(([name]) => typeof name === 'string' && name.startsWith(`${value}.`)));
  },
});

export const items = defineFunction({
  name: 'config.items',
  summary: 'The whole configuration of this minion.',
  args: z.object({}),
  examples: ["'*' config.items"],
  run: (_args, { options }) => options,
});

interface Omissions {
  readonly omit_opts: boolean;
  readonly omit_grains: boolean;
  readonly omit_pillar: boolean;
  readonly omit_master: boolean;
}

/** Where to look, first to last. */
function sourcesOf({ options, grains, pillar }: FunctionContext, omitted: Omissions): readonly Dict[] {
  return [
    ...(omitted.omit_opts ? [] : [options]),
    ...(omitted.omit_grains ? [] : [grains]),
    ...(omitted.omit_pillar ? [] : [pillar]),
    ...(omitted.omit_master ? [] : [masterOf(pillar)]),
    defaultSettings(),
  ];
}

function masterOf(pillar: Dict): Dict {
  const master = pillar.get('master');
  return isDict(master) ? master : new Map();
}

function mergeSources(strategy: string, sources: readonly Dict[], { log, options }: FunctionContext): Value {
  const isKnown = strategy === 'recurse' || strategy === 'overwrite';
  if (!isKnown) log.warn('unsupported merge strategy, falling back to recurse', { strategy });
  const mergeLists = options.get('pillar_merge_lists') === true;
  const merged = sources.toReversed();
  return merged.reduce<Value>(
    (base, source) => mergeValues(base, source, strategy === 'overwrite' ? 'overwrite' : 'recurse', { mergeLists }),
    new Map(),
  );
}

async function resolveStored(found: Value, { call }: FunctionContext): Promise<Value> {
  return typeof found === 'string' && found.startsWith('sdb://') ? call('sdb.get', [found]) : found;
}

function matching(sources: readonly Dict[], pattern: string, fallback: Value): Value {
  const found: Dict = new Map();
  for (const source of sources.toReversed()) {
    for (const [name, value] of source) if (matchGlob(pattern, pythonStr(name))) found.set(name, value);
  }
  return found.size > 0 ? found : (fallback ?? new Map());
}

function join(joined: Value | undefined, next: Value | undefined): Value | undefined {
  if (joined === undefined || next === undefined) return joined ?? next;
  if (isDict(joined) && isDict(next)) return new Map([...next, ...joined]);
  return Array.isArray(joined) && Array.isArray(next) ? [...joined, ...next] : joined;
}
