import type { MinionId, Timer } from '@brine/common';
import { createDropCounter } from './drop-counter.ts';
import type { Identity } from './identity.ts';
import { defaultLimits } from './limits.ts';
import type { MasterBus, MasterBusOptions, RequestOptions } from './master-bus-options.ts';
import { openMasterCore, type MasterCore } from './master-core.ts';
import type { MasterSelf } from './master-handshake.ts';
import type { MasterPeer } from './master-peers.ts';
import { encodeChain, type SuccessionLink } from './succession.ts';
import { busError } from './bus-error.ts';

const defaultTimeoutMilliseconds = 60_000;

/** Makes the master's side of the bus. Throws `bus-key-role` for a minion's identity. */
export function createMasterBus(options: MasterBusOptions): MasterBus {
  const limits = { ...defaultLimits, ...options.limits };
  const drops = createDropCounter();
  const logger = options.logger.child({ component: 'bus' });
  let self = toSelf(options.identity, options.succession ?? []);
  let core: MasterCore | undefined;
  let timer: Timer | undefined;

  const running = (): MasterCore => {
    if (core === undefined) throw busError('bus-stopped', 'the bus is not running');
    return core;
  };
  const maintain = (): void => {
    core?.maintain();
    timer = options.clock.after(limits.heartbeatMilliseconds / 3, maintain);
  };

  return {
    start: async () => {
      core = await openMasterCore({ bus: options, limits, drops, logger, self: () => self });
      maintain();
      return core.ports;
    },
    stop: async () => {
      const stopping = core;
      core = undefined;
      timer?.cancel();
      await stopping?.close();
    },
    publish: async (publication) => running().publisher.publish(publication),
    withdraw: (publicationId, minions) => core?.publisher.withdraw(publicationId, minions),
    request: async (minionId, verb, body, asked: RequestOptions = {}) => {
      const { timeoutMilliseconds = defaultTimeoutMilliseconds, signal } = asked;
      return requirePeer(running(), minionId).desk.ask({ verb, body, timeoutMilliseconds, signal });
    },
    revoke: async (minionId) => {
      const cut = core?.peers.revoke(minionId);
      core?.publisher.exclude(minionId);
      await cut;
    },
    reconsider: async (minionId) => core?.peers.reconsider(minionId),
    succeed: (identity, succession) => {
      self = toSelf(identity, succession);
      core?.succeed();
    },
    clockStepped: (milliseconds) => core?.clockStepped(milliseconds),
    probe: async (timeoutMilliseconds) => (core === undefined ? [] : core.peers.probe(timeoutMilliseconds)),
    connectedMinions: () => core?.peers.acceptedIds() ?? [],
    droppedFrames: () => drops.counts(),
  };
}

function requirePeer(core: MasterCore, minionId: MinionId): MasterPeer {
  const peer = core.peers.accepted(minionId);
  if (peer === undefined) throw busError('bus-not-connected', `minion ${minionId} is not connected`);
  return peer;
}

function toSelf(identity: Identity, succession: readonly SuccessionLink[]): MasterSelf {
  if (identity.role !== 'master') throw busError('bus-key-role', 'a master bus needs the identity of a master');
  return { identity, chain: encodeChain(succession) };
}
