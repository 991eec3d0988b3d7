import path from 'node:path';
import { getDict, isDict, loadYaml, pythonStr, type Dict } from '@brine/common';
import type { Host } from '@brine/modules/kit';
import type { CallEnvironmentOptions } from './call-request.ts';
import { openGrainsCache, type GrainsCache } from '../store/grains-cache-store.ts';
import { mergeGrains } from './merge-grains.ts';

/** The grains of a call. */
export interface GrainKeeper {
  /** Absolute path of the file that `grains.setval` writes. */
  readonly file: string;
  current(): Promise<Dict>;
  /** The grains known by now; before the first look only the id. */
  peek(): Dict;
  /** Looks at the machine anew. */
  refresh(): Promise<Dict>;
}

// Collectors that hang lose their own grains only.
const collectMilliseconds = 10_000;

/** Keeps the grains of a call, collected when they are first needed. */
export function createGrainKeeper(request: CallEnvironmentOptions, host: Host): GrainKeeper {
  const { options, minionId } = request;
  const file = path.join(path.dirname(pythonStr(options.get('conf_file') ?? '/etc/salt/minion')), 'grains');
  let known = request.grains;
  let collecting: Promise<Dict> | undefined;

  const cache = cacheOf(request);

  async function collect(): Promise<Dict> {
    const found = request.skipGrains === true ? [] : await collectFound(request, host);
    const sources = [...found, await readGrainsFile(host, file, request), getDict(options, 'grains') ?? new Map()];
    const grains = mergeGrains(sources, options);
    grains.set('id', minionId);
    known = grains;
    keepGrains(cache, grains, request);
    return grains;
  }

  async function cachedOrCollected(): Promise<Dict> {
    const expiration = options.get('grains_cache_expiration');
    const kept = cache?.read(typeof expiration === 'number' ? expiration * 1000 : 0);
    return kept === undefined ? collect() : (known = kept);
  }

  return {
    file,
    current: () => (known === undefined ? (collecting ??= cachedOrCollected()) : Promise.resolve(known)),
    peek: () => known ?? new Map([['id', minionId]]),
    refresh: async () => {
      const grains = await collect();
      await request.onGrains?.(grains);
      return grains;
    },
  };
}

function cacheOf({ options, skipGrains, clock }: CallEnvironmentOptions): GrainsCache | undefined {
  if (options.get('grains_cache') !== true || skipGrains === true) return undefined;
  return openGrainsCache(pythonStr(options.get('cachedir') ?? ''), () => clock.now());
}

function keepGrains(cache: GrainsCache | undefined, grains: Dict, { log }: CallEnvironmentOptions): void {
  try {
    cache?.write(grains);
  } catch (error) {
    log.warn('grains cannot be kept on disk', { error });
  }
}

/** What the machine is like, by the built-in collectors and the modules that somebody brought, in the order of merging. */
async function collectFound(request: CallEnvironmentOptions, host: Host): Promise<readonly Dict[]> {
  const { options, log, signal } = request;
  const { collectCustomGrains, collectGrains, createLocalMachine, disabledGrainModules, partGrains } =
    await import('@brine/modules');
  const machine = createLocalMachine();
  const limits = { signal, timeoutMilliseconds: collectMilliseconds };
  const builtIn = await collectGrains({ host, machine, log, options, ...limits });
  builtIn.set('id', request.minionId);
  const disabled = disabledGrainModules(options);
  const { soft } = partGrains(builtIn, disabled);
  const layOver = (told: readonly Dict[]): Dict => mergeGrains([soft, ...told, new Map()], options);
  const { told, names } = await collectCustomGrains({ host, log, options, ...limits, layOver });
  // A module of the name of one of Salt's stands in for it, but never for all the core grains.
  const replaced = new Set([...disabled, ...names].filter((name) => name !== 'core'));
  return [soft, ...told, partGrains(builtIn, replaced).firm];
}

async function readGrainsFile(host: Host, file: string, { log }: CallEnvironmentOptions): Promise<Dict> {
  const bytes = await host.files.read(file);
  if (bytes === undefined) return new Map();
  try {
    const { value } = loadYaml(new TextDecoder().decode(bytes), { file });
    if (isDict(value)) return value;
    if (value !== null) log.error('grains file is not a mapping and was left out', { file });
  } catch (error) {
    log.error('grains file cannot be read and was left out', { file, error });
  }
  return new Map();
}
