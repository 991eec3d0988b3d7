import { join } from 'node:path';
import { createDataSeal } from '@brine/bus';
import type { Clock, Logger } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { openCacheKey } from '@brine/daemon';
import { createCachedPillarService, type PillarCache } from '../pillar/cached-pillar-service.ts';
import { createDiscreetPillarService } from '../pillar/discreet-pillar-service.ts';
import { createMemoryPillarCache, openDiskPillarCache } from '../pillar/pillar-cache-store.ts';
import type { MasterFunctions } from '../pillar/master-functions.ts';
import type { PillarService } from '../pillar/pillar-service.ts';
import { createPooledPillarService } from '../pillar/pooled-pillar-service.ts';

/** Pillar as the parts of a master reach it. */
export interface OpenedPillar {
  /** For the runners of the master, which show everything, and as it is now. */
  readonly whole: PillarService;
  /** For minions, which are told less. */
  readonly told: PillarService;
  /** With `pillar_cache` only. */
  readonly cache: PillarCache | undefined;
  /** Compiles by what is in the configuration files now. */
  renew(): void;
}

/** Opens what compiles the pillar of minions, and what keeps it. No process is started yet. */
export async function openPillar({
  config,
  configDirectory,
  clock,
  logger: parent,
  functions,
}: {
  readonly config: MasterConfig;
  readonly configDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What templates of pillar call of the master. */
  readonly functions: Pick<MasterFunctions, 'runners' | 'wheel'>;
}): Promise<OpenedPillar> {
  const logger = parent.child({ component: 'pillar' });
  const pooled = createPooledPillarService({
    ...{ configDirectory, clock, logger },
    size: config.worker_threads,
    functions: { ...functions, user: config.user },
  });
  const store = await openStore(config);
  const lifetime = config.pillar_cache_ttl * 1000;
  const cached =
    store === undefined ? undefined : createCachedPillarService({ pillars: pooled, store, clock, logger, lifetime });
  const used = cached ?? pooled;
  const told = config.pillar_safe_render_error ? createDiscreetPillarService(used, logger) : used;
  return { whole: pooled, told, cache: cached, renew: () => pooled.renew() };
}

async function openStore(config: MasterConfig): Promise<ReturnType<typeof createMemoryPillarCache> | undefined> {
  if (!config.pillar_cache) return undefined;
  if (config.pillar_cache_backend === 'memory') return createMemoryPillarCache();
  return openDiskPillarCache(join(config.cachedir, 'pillar_cache'), createDataSeal(await openCacheKey(config.pki_dir)));
}
