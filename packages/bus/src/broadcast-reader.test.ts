import { minionId } from '../test-support/fleet.ts';
import { describe, expect, it } from 'vitest';
import { createBroadcastReader } from './broadcast-reader.ts';
import { createEpochs, type Epochs } from './epochs.ts';
import { decodeFrame, type FrameOf } from './frame.ts';
import { generateIdentity } from './identity.ts';
import { encodeSlots, signPublication, type PublicationContent } from './publication.ts';
import type { MessageOf, SessionMessage } from './session-message.ts';

const { identity } = generateIdentity('master');
const web1 = minionId('web1');

function publish(epochs: Epochs, sequence: bigint, changed: Partial<PublicationContent> = {}): FrameOf<'broadcast'> {
  const content: PublicationContent = {
    sequence,
    id: 'j1',
    notAfter: 1,
    addressing: { form: 'broadcast', epoch: epochs.id, slots: encodeSlots([0, 9]) },
    body: Uint8Array.of(1),
    ...changed,
  };
  const frame = decodeFrame(epochs.seal(sequence, signPublication(identity, content)));
  if (frame?.kind !== 'broadcast') throw new Error('not a broadcast');
  return frame;
}

function epochOf(message: SessionMessage): MessageOf<'epoch'> {
  if (message.kind !== 'epoch') throw new Error('not an epoch');
  return { ...message, epoch: message.epoch.slice(), key: message.key.slice() };
}

describe('a reader of broadcasts', () => {
  it('opens those of the present epoch and of the one before', () => {
    const epochs = createEpochs();
    const reader = createBroadcastReader(() => identity.publicKey);
    const frames: FrameOf<'broadcast'>[] = [];
    for (let count = 1n; count <= 3n; count += 1n) {
      reader.install(epochOf(epochs.admit(web1, 0n)));
      frames.push(publish(epochs, count));
      epochs.renew();
    }
    const read = frames.map((frame) => reader.read(frame));
    expect(read.map((broadcast) => (typeof broadcast === 'string' ? broadcast : broadcast.isForUs))).toEqual([
      'unauthentic',
      true,
      true,
    ]);
  });

  it('knows whether its own slot is named', () => {
    const epochs = createEpochs();
    const readers = ['a', 'b', 'c'].map((id) => {
      const reader = createBroadcastReader(() => identity.publicKey);
      reader.install(epochOf(epochs.admit(minionId(id), 0n)));
      return reader;
    });
    const addressing = { form: 'broadcast', epoch: epochs.id, slots: encodeSlots([0, 2]) } as const;
    const frame = publish(epochs, 1n, { addressing });
    const read = readers.map((reader) => reader.read(frame));
    expect(read.map((broadcast) => typeof broadcast !== 'string' && broadcast.isForUs)).toEqual([true, false, true]);
  });

  it('drops what was published before it got its slot', () => {
    const epochs = createEpochs();
    const reader = createBroadcastReader(() => identity.publicKey);
    reader.install(epochOf(epochs.admit(web1, 7n)));
    expect([reader.read(publish(epochs, 7n)), typeof reader.read(publish(epochs, 8n))]).toEqual(['replayed', 'object']);
  });

  it('drops what does not fit its frame, its epoch or its form', () => {
    const epochs = createEpochs();
    const reader = createBroadcastReader(() => identity.publicKey);
    reader.install(epochOf(epochs.admit(web1, 0n)));
    const otherEpoch = { form: 'broadcast', epoch: new Uint8Array(8), slots: encodeSlots([0]) } as const;
    expect([
      reader.read(publish(epochs, 1n, { sequence: 2n })),
      reader.read(publish(epochs, 1n, { addressing: otherEpoch })),
      reader.read(publish(epochs, 1n, { addressing: { form: 'direct', minionId: web1 } })),
    ]).toEqual(['unexpected', 'unexpected', 'unexpected']);
  });

  it('drops what another member of the group signed', () => {
    const epochs = createEpochs();
    const reader = createBroadcastReader(() => generateIdentity('master').identity.publicKey);
    reader.install(epochOf(epochs.admit(web1, 0n)));
    expect(reader.read(publish(epochs, 1n))).toBe('unauthentic');
  });
});

describe('epochs', () => {
  it('give freed slots out again and none twice', () => {
    const epochs = createEpochs();
    const slotOf = (id: string) => epochOf(epochs.admit(minionId(id), 0n)).slot;
    expect([slotOf('a'), slotOf('b'), slotOf('c')]).toEqual([0, 1, 2]);
    epochs.dismiss(minionId('b'));
    expect([slotOf('d'), slotOf('e'), slotOf('a')]).toEqual([1, 3, 0]);
  });

  it('count only those who hear the present one', () => {
    const epochs = createEpochs();
    epochs.admit(web1, 0n);
    expect(epochs.listeningSlot(web1)).toBeUndefined();
    epochs.setListening(web1, epochs.id);
    expect([epochs.listeningSlot(web1), epochs.isKnownTo(web1)]).toEqual([0, true]);
    epochs.setListening(web1, new Uint8Array(8));
    expect(epochs.listeningSlot(web1)).toBeUndefined();
    epochs.renew();
    expect(epochs.isKnownTo(web1)).toBe(false);
  });
});
