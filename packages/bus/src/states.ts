import type { MinionState } from './minion-bus-options.ts';

/** To which states a minion's bus goes from each; `docs/protocol.md` says when. */
export const minionTransitions = {
  stopped: ['connecting'],
  connecting: ['connecting', 'handshaking', 'stopped'],
  handshaking: [
    ...(['accepted', 'pending', 'rejected', 'denied', 'twin', 'master-key-changed'] as const),
    ...(['connecting', 'stopped'] as const),
  ],
  pending: ['accepted', 'pending', 'rejected', 'denied', 'twin', 'connecting', 'stopped'],
  accepted: ['accepted', 'pending', 'rejected', 'denied', 'twin', 'connecting', 'stopped'],
  rejected: ['connecting', 'stopped'],
  denied: ['connecting', 'stopped'],
  twin: ['connecting', 'stopped'],
  'master-key-changed': ['connecting', 'stopped'],
} as const satisfies Record<MinionState, readonly MinionState[]>;

/** How a master stands with a peer that proved its key; before and after, the connection is unknown or half-open. */
export type PeerStatus = 'deciding' | 'waiting' | 'accepted' | 'leaving';

/** To which states a master's side of a connection goes from each; `docs/protocol.md` says when. */
export const masterTransitions = {
  unknown: ['half-open'],
  'half-open': ['half-open', 'deciding', 'unknown'],
  deciding: ['waiting', 'accepted', 'leaving', 'unknown'],
  waiting: ['waiting', 'accepted', 'leaving', 'unknown'],
  accepted: ['unknown'],
  leaving: ['unknown'],
} as const satisfies Record<PeerStatus | 'unknown' | 'half-open', readonly (PeerStatus | 'unknown' | 'half-open')[]>;

/** What the log says, as an error, of a change that is in neither table: a defect. */
export const unknownTransition = 'a change of state that the protocol does not have';

/** Whether a minion may go from one state to another. */
export function isMinionTransition(from: MinionState, to: MinionState): boolean {
  return (minionTransitions[from] as readonly MinionState[]).includes(to);
}

/** Whether a master may move a peer from one state to another. */
export function isPeerTransition(from: PeerStatus, to: PeerStatus): boolean {
  return (masterTransitions[from] as readonly string[]).includes(to);
}
