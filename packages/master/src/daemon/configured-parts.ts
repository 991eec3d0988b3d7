import { createDataSeal, type MasterBus } from '@brine/bus';
import type { Clock, Dict, Logger, MinionId } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import type { EventBus } from '../events/event-bus.ts';
import { openCacheKey } from '@brine/daemon';
import { createMinionDirectory, type MinionDirectory } from '../minions/minion-directory.ts';
import { makeForgetful } from '../store/forgetful-store.ts';
import type { Store } from '../store/store.ts';
import { createPresence, type Presence } from '../minions/presence.ts';
import { createPeerDesk, type PeerDesk, type PeerDeskOptions } from '../peer/peer-desk.ts';

interface PartsOptions {
  readonly config: MasterConfig;
  readonly clock: Clock;
}

/** What minions may ask of each other, by the configuration. */
export function peersOf(
  { config, clock }: PartsOptions,
  parts: Pick<PeerDeskOptions, 'directory' | 'dispatcher' | 'runners' | 'nextJid'>,
): PeerDesk {
  const patience = config.gather_job_timeout * 1000;
  return createPeerDesk({ ...parts, peer: config.peer, peerRun: config.peer_run, patience, clock });
}

/** Watches who is there, by the configuration. */
export function watchPresence(
  { config, clock }: PartsOptions,
  {
    directory,
    events,
    bus,
  }: { readonly directory: MinionDirectory; readonly events: EventBus; readonly bus: () => MasterBus },
): Presence {
  return createPresence({
    ...{ connected: directory.connected, events, clock, announces: config.presence_events },
    probe: async (timeoutMilliseconds) => bus().probe(timeoutMilliseconds),
    intervalMilliseconds: config.loop_interval * 1000,
  });
}

/** Opens what is known of minions. */
export async function openDirectory(
  options: PartsOptions & { readonly logger: Logger; readonly nodegroups: () => Dict },
  { store, keys }: { readonly store: Store; readonly keys: { acceptedIds(): readonly MinionId[] } },
): Promise<MinionDirectory> {
  const { config, clock, logger } = options;
  return createMinionDirectory({
    ...{ clock, logger, acceptedIds: () => keys.acceptedIds() },
    store: config.minion_data_cache ? store : await makeForgetful(store, config.enforce_mine_cache),
    seal: createDataSeal(await openCacheKey(config.pki_dir)),
    nodegroups: options.nodegroups,
  });
}
