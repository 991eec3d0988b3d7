import { describe, expect, it } from 'vitest';
import { createManualClock, settle } from '../test-support/manual-clock.ts';
import { decodeFragment } from './fragment.ts';
import { createOutbox, type OutboxOptions } from './outbox.ts';
import type { SendOutcome } from './transport.ts';

function outboxWith(overrides: Partial<OutboxOptions> = {}) {
  const clock = createManualClock();
  const sent: number[] = [];
  const lost: string[] = [];
  const outbox = createOutbox({
    clock,
    limitBytes: 1_000_000,
    seal: (fragment) => fragment,
    send: async (frame) => {
      sent.push(decodeFragment(frame)?.messageNumber ?? -1);
      return 'sent';
    },
    onGone: () => lost.push('gone'),
    ...overrides,
  });
  return { clock, outbox, sent, lost };
}

describe('an outbox', () => {
  it('lets large messages take turns and small ones pass', async () => {
    const { outbox, sent } = outboxWith();
    const outcomes = [600_000, 1, 300_000].map((length) => outbox.post(new Uint8Array(length)));
    expect(await Promise.all(outcomes)).toEqual(['sent', 'sent', 'sent']);
    expect(sent).toEqual([0, 1, 2, 0, 2, 0]);
  });

  it('waits for a peer that reads slowly', async () => {
    const outcomes: SendOutcome[] = ['full', 'full', 'full', 'sent'];
    const { clock, outbox } = outboxWith({ send: async () => outcomes.shift() ?? 'sent' });
    const posted = outbox.post(Uint8Array.of(1));
    await clock.advance(34);
    expect(outcomes).toEqual(['sent']);
    await clock.advance(1);
    expect(await posted).toBe('sent');
  });

  it('refuses what exceeds its limit, and takes more once there is room', async () => {
    const { outbox } = outboxWith({ limitBytes: 10 });
    const [first, second] = [outbox.post(new Uint8Array(6)), outbox.post(new Uint8Array(6))];
    expect([await first, await second, await outbox.post(new Uint8Array(6))]).toEqual(['sent', 'busy', 'sent']);
  });

  it('tells when the peer is gone, once', async () => {
    const { outbox, lost } = outboxWith({ send: async () => 'gone' });
    expect(await Promise.all([outbox.post(Uint8Array.of(1)), outbox.post(Uint8Array.of(2))])).toEqual([
      'closed',
      'closed',
    ]);
    expect(await outbox.post(Uint8Array.of(3))).toBe('closed');
    expect(lost).toEqual(['gone']);
  });

  it('drops what waits when it is closed, and still sends its last word', async () => {
    let isFull = true;
    const sent: Uint8Array[] = [];
    const { outbox } = outboxWith({
      send: async (frame) => {
        if (isFull) return 'full';
        sent.push(frame);
        return 'sent';
      },
    });
    const waiting = [outbox.post(Uint8Array.of(1)), outbox.post(Uint8Array.of(2))];
    await settle();
    isFull = false;
    await outbox.close(Uint8Array.of(3));
    expect(sent.map((frame) => decodeFragment(frame)?.bytes)).toEqual([Uint8Array.of(3)]);
    expect(await waiting[1]).toBe('closed');
  });

  it('runs what must happen between two frames there', async () => {
    const order: string[] = [];
    const { outbox } = outboxWith({
      seal: (fragment) => {
        order.push(`seal ${decodeFragment(fragment)?.messageNumber}`);
        return fragment;
      },
    });
    await Promise.all([outbox.post(Uint8Array.of(1), () => order.push('switch')), outbox.post(Uint8Array.of(2))]);
    expect(order).toEqual(['seal 0', 'switch', 'seal 1']);
  });
});
