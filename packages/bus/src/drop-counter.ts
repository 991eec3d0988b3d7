/** Why frames are dropped without an answer; `docs/protocol.md` explains each. */
export const dropReasons = [
  'malformed',
  'version',
  'puzzle',
  'unexpected',
  'unauthentic',
  'replayed',
  'not-accepted',
  'expired',
] as const;

/** One of {@link dropReasons}. */
export type DropReason = (typeof dropReasons)[number];

/** Counts what a bus drops. Nothing of a dropped frame is ever logged. */
export interface DropCounter {
  drop(reason: DropReason): void;
  counts(): Readonly<Record<DropReason, number>>;
}

export function createDropCounter(): DropCounter {
  const counts: Record<DropReason, number> = {
    malformed: 0,
    version: 0,
    puzzle: 0,
    unexpected: 0,
    unauthentic: 0,
    replayed: 0,
    'not-accepted': 0,
    expired: 0,
  };
  return {
    drop: (reason) => {
      counts[reason] += 1;
    },
    counts: () => ({ ...counts }),
  };
}
