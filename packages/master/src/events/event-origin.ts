import { isUnbound, type Caller } from '@brine/api';

/** Who caused an event. What it says of itself does not count. */
export type EventOrigin = (typeof eventOrigins)[number];

/**
 * `master`: the master itself; `operator`: whoever reaches its own socket; `user`: somebody with permissions; `webhook`: a
 * request of the HTTP API; `minion`: an accepted minion; `stranger`: a host that offers a key.
 */
export const eventOrigins = ['master', 'operator', 'user', 'webhook', 'minion', 'stranger'] as const;

/** The origins of events that nobody else can bring about. */
export const trustedOrigins: ReadonlySet<EventOrigin> = new Set(['master', 'operator']);

/** The origin of what a caller causes. */
export function originOfCaller(caller: Caller): EventOrigin {
  if (caller.via === 'master') return 'master';
  if (isUnbound(caller)) return 'operator';
  return caller.via === 'minion' ? 'minion' : 'user';
}
