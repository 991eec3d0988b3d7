import { describe, expect, it } from 'vitest';
import { createManualClock } from '../test-support/manual-clock.ts';
import { decodeFrame } from './frame.ts';
import { createRekeying, type Rekeying } from './rekeying.ts';
import { createSealedChannel, type SealedChannel } from './sealed-channel.ts';
import type { SessionMessage } from './session-message.ts';
import type { SessionKeys } from './transcript.ts';

interface Side {
  readonly rekeying: Rekeying;
  readonly channel: SealedChannel;
  readonly posted: SessionMessage[];
}

function sideOf(role: 'master' | 'minion', clock: ReturnType<typeof createManualClock>): Side {
  const keys: SessionKeys = {
    fromMinion: new Uint8Array(32).fill(1),
    fromMaster: new Uint8Array(32).fill(2),
    chain: new Uint8Array(32).fill(3),
  };
  const posted: SessionMessage[] = [];
  const channel = createSealedChannel(role, keys);
  const rekeying = createRekeying({
    clock,
    channel,
    chain: keys.chain,
    post: (message, afterSeal) => {
      posted.push(message);
      afterSeal?.();
    },
  });
  return { rekeying, channel, posted };
}

function hand(from: Side, to: Side): boolean {
  const message = from.posted.pop();
  if (message?.kind !== 'rekey' && message?.kind !== 'rekeyed') throw new Error('nothing was posted');
  return to.rekeying.receive(message);
}

function canTalk(from: Side, to: Side): boolean {
  const frame = decodeFrame(from.channel.seal(Uint8Array.of(7)));
  return frame?.kind === 'sealed' && typeof to.channel.open(frame) !== 'string';
}

describe('the renewal of keys', () => {
  it('gives both sides the same new keys, again and again', async () => {
    const clock = createManualClock();
    const [master, minion] = [sideOf('master', clock), sideOf('minion', clock)];
    for (let generation = 1; generation <= 5; generation += 1) {
      await clock.advance(1_000);
      minion.rekeying.begin();
      expect([hand(minion, master), hand(master, minion)]).toEqual([true, true]);
      expect([master.channel.generation, minion.channel.generation]).toEqual([generation, generation]);
      expect([canTalk(master, minion), canTalk(minion, master)]).toEqual([true, true]);
    }
    expect(minion.rekeying.age()).toBe(0);
  });

  it('is begun once at a time', async () => {
    const clock = createManualClock();
    const minion = sideOf('minion', clock);
    minion.rekeying.begin();
    minion.rekeying.begin();
    expect(minion.posted).toHaveLength(1);
  });

  it('is answered no oftener than once a second', async () => {
    const clock = createManualClock();
    const [master, minion] = [sideOf('master', clock), sideOf('minion', clock)];
    await clock.advance(999);
    minion.rekeying.begin();
    expect(hand(minion, master)).toBe(false);
    await clock.advance(1);
    expect(master.rekeying.age()).toBe(1_000);
    expect(master.rekeying.receive({ kind: 'rekey', generation: 1, ephemeral: new Uint8Array(32).fill(9) })).toBe(true);
  });

  it('refuses a generation out of order, a weak key and an answer that nobody asked for', async () => {
    const clock = createManualClock();
    const [master, minion] = [sideOf('master', clock), sideOf('minion', clock)];
    await clock.advance(1_000);
    const ephemeral = new Uint8Array(32).fill(9);
    expect([
      master.rekeying.receive({ kind: 'rekey', generation: 2, ephemeral }),
      master.rekeying.receive({ kind: 'rekey', generation: 1, ephemeral: new Uint8Array(32) }),
      minion.rekeying.receive({ kind: 'rekeyed', generation: 1, ephemeral }),
    ]).toEqual([false, false, false]);
  });
});
