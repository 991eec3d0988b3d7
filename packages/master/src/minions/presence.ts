import type { Clock, MinionId, Timer } from '@brine/common';
import type { EventBus } from '../events/event-bus.ts';

/** Who is there. */
export interface Presence {
  /** The minions with a session now. */
  readonly connected: ReadonlySet<MinionId>;
  /** The minions that answer an authenticated ping within the given time: definite, unlike a session that may be dead. */
  alive(options: { readonly timeoutMilliseconds: number }): Promise<readonly MinionId[]>;
  /** A session began or ended. */
  changed(): void;
  stop(): void;
}

/** What presence works with. */
export interface PresenceOptions {
  readonly connected: ReadonlySet<MinionId>;
  readonly probe: (timeoutMilliseconds: number) => Promise<readonly MinionId[]>;
  readonly events: EventBus;
  readonly clock: Clock;
  /** Whether `salt/presence/*` is announced (`presence_events`). */
  readonly announces: boolean;
  /** Between two announcements of everybody present (`loop_interval`). */
  readonly intervalMilliseconds: number;
}

/** Changes within this time are announced together: a fleet that comes back is one event, not thousands. */
const gatherMilliseconds = 250;

/** Creates presence; with `announces` it tells the event bus in Salt's shapes. */
export function createPresence(options: PresenceOptions): Presence {
  const { connected, clock, events } = options;
  let told = new Set<MinionId>();
  let gathering: Timer | undefined;
  let interval: Timer | undefined;

  function announceChange(): void {
    gathering = undefined;
    const fresh = [...connected].filter((id) => !told.has(id)).sort();
    const lost = [...told].filter((id) => !connected.has(id)).sort();
    if (fresh.length === 0 && lost.length === 0) return;
    told = new Set(connected);
    events.emit('salt/presence/change', { new: fresh, lost });
  }

  function announcePresent(): void {
    events.emit('salt/presence/present', { present: [...connected].sort() });
    interval = clock.after(options.intervalMilliseconds, announcePresent);
  }

  if (options.announces) interval = clock.after(options.intervalMilliseconds, announcePresent);
  return {
    connected,
    alive: async ({ timeoutMilliseconds }) => options.probe(timeoutMilliseconds),
    changed() {
      if (options.announces) gathering ??= clock.after(gatherMilliseconds, announceChange);
    },
    stop() {
      gathering?.cancel();
      interval?.cancel();
    },
  };
}
