import type { Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, integer, optional, withDefault, type Argument } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { chooseSaltenv } from '../saltenv.ts';

export const refreshPillar = refreshPillarFunction('saltutil.refresh_pillar');
export const pillarRefresh = refreshPillarFunction('saltutil.pillar_refresh');

function refreshPillarFunction(name: string) {
  return defineFunction({
    name,
    summary: 'Compiles the pillar anew and answers true when that is done.',
    args: z.object({
      wait: withDefault(flag(), false).describe('Accepted for Salt; the answer always waits here.'),
      timeout: withDefault(integer(), 30).describe('Accepted for Salt; the time limit of the job counts.'),
      clean_cache: withDefault(flag(), true).describe(
        'Accepted for Salt; what a master with `pillar_cache` kept is always forgotten.',
      ),
    }),
    examples: [`'*' ${name}`],
    async run(_args, { pillarSource }) {
      await pillarSource.refresh();
      return true;
    },
  });
}

export const refreshGrains = defineFunction({
  name: 'saltutil.refresh_grains',
  summary: 'Collects the grains anew, and compiles the pillar anew unless told otherwise.',
  args: z.object({ refresh_pillar: withDefault(flag(), true).describe('Compile the pillar anew as well.') }),
  examples: ["'*' saltutil.refresh_grains"],
  async run({ refresh_pillar: refreshes }, { grainsSource, pillarSource }) {
    await grainsSource.refresh();
    if (refreshes) await pillarSource.refresh();
    return true;
  },
});

export const refreshModules = refreshModulesFunction('saltutil.refresh_modules');
export const grainsRefreshModules = refreshModulesFunction('grains.refresh_modules');

function refreshModulesFunction(name: string) {
  return defineFunction({
    name,
    summary: 'Answers true: all modules are built in and need no loading.',
    args: z.object({ async: withDefault(flag(), true).describe('Accepted for Salt; there is nothing to wait for.') }),
    examples: [`'*' ${name}`],
    run: () => true,
  });
}

export const refreshBeacons = nothingToRefresh('saltutil.refresh_beacons', 'beacons');
export const refreshMatchers = nothingToRefresh('saltutil.refresh_matchers', 'matchers');

function nothingToRefresh(name: string, what: string) {
  return defineFunction({
    name,
    summary: `Answers true: all ${what} are built in and need no loading.`,
    args: z.object({}),
    examples: [`'*' ${name}`],
    run: () => true,
  });
}

export const syncGrains = syncFunction('saltutil.sync_grains', ['_grains']);
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

export const syncAll = defineFunction({
  name: 'saltutil.sync_all',
  summary: 'What was fetched of the modules a tree ships, by kind: nothing, for they are Python.',
  args: z.object(syncArguments()),
  examples: ["'*' saltutil.sync_all", "'*' saltutil.sync_all saltenv=dev"],
  async run({ saltenv, refresh }, context) {
    await warnOfModules(
      context,
      saltenv,
      syncedKinds.map((kind) => `_${kind}`),
    );
    if (refresh) await context.grainsSource.refresh();
    return Object.fromEntries(syncedKinds.map((kind): [string, Plain] => [kind, []]));
  },
});

function syncFunction(name: string, folders: readonly string[]): FunctionDeclaration {
  return defineFunction({
    name,
    summary: `What was fetched of ${folders.join(', ')} of the tree: nothing, for such modules are Python.`,
    args: z.object(syncArguments()),
    examples: [`'*' ${name}`, `'*' ${name} saltenv=dev`],
    async run({ saltenv, refresh }, context) {
      await warnOfModules(context, saltenv, folders);
      if (refresh && name === 'saltutil.sync_grains') await context.grainsSource.refresh();
      return [];
    },
  });
}

function syncArguments(): {
  readonly saltenv: Argument<readonly string[] | undefined>;
  readonly refresh: Argument<boolean>;
} {
  return {
    saltenv: optional(commaList()).describe('The environments; that of the configuration unless given.'),
    refresh: withDefault(flag(), true).describe('Collect the grains anew.'),
  };
}

// A tree that ships Python would otherwise fail later, far from the reason.
async function warnOfModules(
  context: FunctionContext,
  saltenvs: readonly string[] | undefined,
  folders: readonly string[],
): Promise<void> {
  for (const saltenv of saltenvs ?? [chooseSaltenv(undefined, context)]) {
    for (const folder of folders) {
      const files = await context.fileServer.listFiles(saltenv, `${folder}/`);
      if (files.length > 0) context.log.warn('modules of the tree are python and are not loaded', { saltenv, files });
    }
  }
}
