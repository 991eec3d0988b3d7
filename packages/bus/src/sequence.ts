import type { SequenceReservation } from './master-bus-options.ts';

/** Gives out publication numbers: rising, and never one twice, across restarts too. */
export interface Sequence {
  /** Rejects as the store does when numbers cannot be reserved. */
  take(): Promise<bigint>;
  /** The last number given out. */
  readonly last: bigint;
  /** Goes on above `seen` if that is higher, but by no more than 2^32: a minion must not be able to use the numbers up. */
  raiseAbove(seen: bigint): void;
}

const block = 1_024n;
const longestRaise = 2n ** 32n;

/** Begins above every number that an earlier run may have used. */
export async function createSequence(store: SequenceReservation): Promise<Sequence> {
  let last = await store.load();
  let reserved = last;
  let reserving: Promise<void> | undefined;

  const reserve = async (): Promise<void> => {
    const upTo = last + block;
    await store.save(upTo);
    reserved = upTo;
  };

  return {
    take: async () => {
      while (last >= reserved) {
        reserving ??= reserve().finally(() => {
          reserving = undefined;
        });
        await reserving;
      }
      last += 1n;
      return last;
    },
    get last() {
      return last;
    },
    raiseAbove: (seen) => {
      if (seen > last && seen - last <= longestRaise) last = seen;
    },
  };
}
