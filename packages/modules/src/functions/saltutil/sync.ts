import { isDict, pythonStr, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { anyValue, commaList, flag, optional, withDefault, type Argument } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { syncedGrainFolder } from '../../grains/custom/collect-custom-grains.ts';
import { planGrainSync } from '../../providers/saltutil/grain-sync.ts';
import { failure } from '../failure.ts';
import { chooseSaltenv } from '../saltenv.ts';

export const syncModules = syncFunction('saltutil.sync_modules', ['_modules']);
export const syncStates = syncFunction('saltutil.sync_states', ['_states']);
export const syncRenderers = syncFunction('saltutil.sync_renderers', ['_renderers']);
export const syncReturners = syncFunction('saltutil.sync_returners', ['_returners']);
export const syncOutput = syncFunction('saltutil.sync_output', ['_output']);
export const syncUtils = syncFunction('saltutil.sync_utils', ['_utils']);
export const syncBeacons = syncFunction('saltutil.sync_beacons', ['_beacons']);
export const syncSdb = syncFunction('saltutil.sync_sdb', ['_sdb']);
export const syncMatchers = syncFunction('saltutil.sync_matchers', ['_matchers']);
export const syncProxymodules = syncFunction('saltutil.sync_proxymodules', ['_proxy']);
export const syncEngines = syncFunction('saltutil.sync_engines', ['_engines']);
export const syncThorium = syncFunction('saltutil.sync_thorium', ['_thorium']);
export const syncOutputters = syncFunction('saltutil.sync_outputters', ['_output']);
export const syncSerializers = syncFunction('saltutil.sync_serializers', ['_serializers']);
export const syncLogHandlers = syncFunction('saltutil.sync_log_handlers', ['_log_handlers']);
export const syncExecutors = syncFunction('saltutil.sync_executors', ['_executors']);
export const syncPillar = syncFunction('saltutil.sync_pillar', ['_pillar']);

const syncedKinds = [
  ...['clouds', 'beacons', 'modules', 'states', 'sdb', 'grains', 'renderers', 'returners', 'output', 'utils'],
  ...['log_handlers', 'executors', 'proxymodules', 'engines', 'thorium', 'serializers', 'matchers'],
];

export const syncGrains = defineFunction({
  name: 'saltutil.sync_grains',
  summary: 'Fetches the modules of grains in `_grains` of the tree; answers those that are new or changed.',
  args: z.object(syncArguments()),
  examples: ["'*' saltutil.sync_grains", "'*' saltutil.sync_grains saltenv=base,dev"],
  async run(args, context) {
    const synced = await fetchGrainModules(args, await environmentsOf(args.saltenv, context), context);
    await refreshAfter(args.refresh, context);
    return synced;
  },
});

export const syncAll = defineFunction({
  name: 'saltutil.sync_all',
  summary:
    'Fetches the modules a tree ships: those of grains; others are Python, which is not loaded, and answered as none.',
  args: z.object(syncArguments()),
  examples: ["'*' saltutil.sync_all", "'*' saltutil.sync_all saltenv=dev"],
  async run(args, context) {
    const saltenvs = await environmentsOf(args.saltenv, context);
    const others = syncedKinds.filter((kind) => kind !== 'grains');
    await warnOfModules(
      context,
      saltenvs,
      others.map((kind) => (kind === 'proxymodules' ? '_proxy' : `_${kind}`)),
    );
    const grains = await fetchGrainModules(args, saltenvs, context);
    await refreshAfter(args.refresh, context);
    const kinds = context.options.get('file_client') === 'local' ? [...syncedKinds, 'pillar'] : syncedKinds;
    return Object.fromEntries(kinds.map((kind): [string, Plain] => [kind, kind === 'grains' ? grains : []]));
  },
});

export const listExtmods = defineFunction({
  name: 'saltutil.list_extmods',
  summary: 'The modules that were synced from the tree, by kind: those of grains.',
  args: z.object({}),
  examples: ["'*' saltutil.list_extmods"],
  async run(_args, { host, options }) {
    const entries = await host.files.list(syncedGrainFolder(options));
    if (entries === undefined) return {};
    return { grains: [...new Set(entries.map((entry) => entry.split('.')[0] ?? ''))] };
  },
});

function syncFunction(name: string, folders: readonly string[]): FunctionDeclaration {
  return defineFunction({
    name,
    summary: `What was fetched of ${folders.join(', ')} of the tree: nothing, for such modules are Python.`,
    args: z.object(syncArguments()),
    examples: [`'*' ${name}`, `'*' ${name} saltenv=dev`],
    async run({ saltenv }, context) {
      await warnOfModules(context, await environmentsOf(saltenv, context), folders);
      return [];
    },
  });
}

interface SyncArguments {
  readonly saltenv: Argument<readonly string[] | undefined>;
  readonly refresh: Argument<boolean>;
  readonly extmod_whitelist: Argument<Value | undefined>;
  readonly extmod_blacklist: Argument<Value | undefined>;
}

function syncArguments(): SyncArguments {
  return {
    saltenv: optional(commaList()).describe(
      'The environments; those in which the top files name this minion unless given.',
    ),
    refresh: withDefault(flag(), true).describe('Collect the grains anew, and compile the pillar anew, afterwards.'),
    extmod_whitelist: optional(anyValue()).describe(
      'The only modules of grains to fetch: names, or lists of names by kind.',
    ),
    extmod_blacklist: optional(anyValue()).describe('Modules of grains not to fetch, likewise.'),
  };
}

async function environmentsOf(
  given: readonly string[] | undefined,
  context: FunctionContext,
): Promise<readonly string[]> {
  if (given !== undefined) return given;
  // Where no state run may start there are no top files to ask.
  if (context.states === undefined) return [chooseSaltenv(undefined, context)];
  const { value: top } = await context.states.run({ kind: 'show_top', positional: [], keyword: new Map() });
  if (!isDict(top)) {
    const message = `Unable to render top file(s): ${Array.isArray(top) ? top.map(pythonStr).join('\n') : pythonStr(top)}`;
    throw failure(message);
  }
  return top.size === 0 ? ['base'] : [...top.keys()].map(pythonStr);
}

interface FetchArguments {
  readonly extmod_whitelist?: Value | undefined;
  readonly extmod_blacklist?: Value | undefined;
}

async function fetchGrainModules(
  { extmod_whitelist: whitelist, extmod_blacklist: blacklist }: FetchArguments,
  saltenvs: readonly string[],
  context: FunctionContext,
): Promise<readonly string[]> {
  const plan = await planGrainSync({ saltenvs, whitelist, blacklist }, context);
  if (plan.synced.length + plan.removed.length > 0) await plan.perform(context.host);
  return plan.synced;
}

async function refreshAfter(isWanted: boolean, { grainsSource, pillarSource, log }: FunctionContext): Promise<void> {
  if (!isWanted) return;
  await grainsSource.refresh();
  // What was synced is here whatever becomes of the pillar.
  await pillarSource
    .refresh()
    .catch((error: unknown) => log.warn('pillar could not be compiled after a sync', { error }));
}

// A tree that ships Python would otherwise fail later, far from the reason.
async function warnOfModules(
  context: FunctionContext,
  saltenvs: readonly string[],
  folders: readonly string[],
): Promise<void> {
  for (const saltenv of saltenvs) {
    for (const folder of folders) {
      const files = await context.fileServer.listFiles(saltenv, `${folder}/`);
      if (files.length > 0) context.log.warn('modules of the tree are python and are not loaded', { saltenv, files });
    }
  }
}
