import { describe, expect, it, onTestFinished } from 'vitest';
import fc from 'fast-check';
import {
  bytes,
  createFleet,
  minionId,
  text,
  type Fleet,
  type FleetOptions,
  type TestMinion,
} from '../test-support/fleet.ts';
import { settle } from '../test-support/manual-clock.ts';
import { frameCodes } from './frame.ts';
import { generateIdentity, type DropReason, type MemoryFrame } from './index.ts';

type Deliver = (frame: MemoryFrame) => readonly Uint8Array[];

/** A fleet whose network the test may take over at any time. */
async function tappedFleet(
  options: FleetOptions = {},
): Promise<{ fleet: Fleet; recorded: MemoryFrame[]; tap: (deliver: Deliver) => void }> {
  const recorded: MemoryFrame[] = [];
  let current: Deliver = (frame) => [frame.bytes];
  const deliver: Deliver = (frame) => {
    recorded.push({ ...frame, bytes: frame.bytes.slice() });
    return current(frame);
  };
  const fleet = await createFleet({ ...options, network: { deliver } });
  onTestFinished(() => fleet.stop());
  return {
    fleet,
    recorded,
    tap: (next) => {
      current = next;
    },
  };
}

function flip(frame: Uint8Array, position: number): Uint8Array {
  const flipped = frame.slice();
  flipped[position] = (flipped[position] ?? 0) ^ 0x40;
  return flipped;
}

function droppedBy(counts: Readonly<Record<DropReason, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

async function echo(minion: TestMinion): Promise<string> {
  return text(await minion.bus.request('echo', bytes('hi')));
}

function publication(fleet: Fleet, id: string) {
  return {
    id,
    minions: [minionId('web1')],
    body: bytes('CANARY'),
    notAfter: fleet.clock.now() + 600_000,
    broadcast: true,
  };
}

describe('someone in the middle', () => {
  it.each(['hello', 'challenge', 'proof'] as const)(
    'gains nothing by altering any byte of a %s',
    async (kind) => {
      let isAltered = false;
      let position = 0;
      let length = 0;
      const { fleet, tap } = await tappedFleet();
      tap((frame) => {
        if (!isAltered || frame.bytes[0] !== frameCodes[kind]) return [frame.bytes];
        length = frame.bytes.length;
        return [flip(frame.bytes, position)];
      });
      const minion = await fleet.addMinion('web1');
      isAltered = true;
      do {
        fleet.network.cut();
        await fleet.clock.advance(40_000);
        expect([position, minion.bus.state === 'accepted']).toEqual([position, false]);
        position += 1;
      } while (position < length);
      isAltered = false;
      await fleet.clock.advance(60_000);
      expect(minion.bus.state).toBe('accepted');
      expect(fleet.master.connectedMinions()).toEqual(['web1']);
    },
    120_000,
  );

  it('gains nothing by altering any byte of a sealed frame, and the session goes on', async () => {
    const { fleet, recorded, tap } = await tappedFleet();
    const minion = await fleet.addMinion('web1');
    await echo(minion);
    let position = 0;
    let length = 1;
    for (; position < length; position += 1) {
      let isDone = false;
      tap((frame) => {
        if (isDone || frame.from === 'minion') return [frame.bytes];
        isDone = true;
        length = frame.bytes.length;
        return [flip(frame.bytes, position)];
      });
      const lost = expect(minion.bus.request('echo', bytes(''), { timeoutMilliseconds: 1 })).rejects.toMatchObject({
        code: 'bus-timeout',
      });
      await settle();
      await fleet.clock.advance(1);
      await lost;
    }
    tap((frame) => [frame.bytes]);
    expect(await echo(minion)).toBe('master web1 echo hi');
    expect(minion.states).toEqual(['connecting', 'handshaking', 'accepted']);
    expect(recorded.length).toBeGreaterThan(length);
  }, 120_000);

  it('gains nothing by altering any byte of a broadcast', async () => {
    const { fleet, tap } = await tappedFleet();
    const minion = await fleet.addMinion('web1');
    await settle();
    let length = 0;
    tap((frame) => {
      if (frame.channel === 'session') return frame.from === 'master' ? [] : [frame.bytes];
      length = frame.bytes.length;
      return Array.from({ length }, (_, position) => flip(frame.bytes, position));
    });
    await fleet.master.publish(publication(fleet, 'j1'));
    await settle();
    expect(minion.publications).toEqual([]);
    const { malformed, unexpected, unauthentic } = minion.bus.droppedFrames();
    expect(malformed + unexpected + unauthentic).toBe(length);
  });

  it('gains nothing by repeating every frame, in this session, in the next and after a restart of the master', async () => {
    const { fleet, recorded } = await tappedFleet();
    const minion = await fleet.addMinion('web1');
    await settle();
    await echo(minion);
    await fleet.master.publish(publication(fleet, 'j1'));
    await settle();
    const replay = async (): Promise<void> => {
      const [connection = ''] = fleet.network.connections();
      for (const frame of recorded.slice()) {
        if (frame.bytes[0] === frameCodes.hello) continue;
        fleet.network.inject(frame.channel === 'session' ? { ...frame, connection } : frame);
      }
      await settle();
    };
    await replay();
    fleet.network.cut();
    await fleet.clock.advance(1_000);
    await replay();
    await fleet.restartMaster();
    await fleet.clock.advance(2_000);
    await replay();
    expect(minion.publications.map(({ id }) => id)).toEqual(['j1']);
    expect(fleet.log.filter((line) => line.includes('j1'))).toEqual(['web1 acknowledged j1']);
    expect(await echo(minion)).toBe('master web1 echo hi');
    expect(minion.bus.state).toBe('accepted');
  });

  it('gains nothing by sending frames back to where they came from', async () => {
    const { fleet, recorded } = await tappedFleet();
    const minion = await fleet.addMinion('web1');
    await echo(minion);
    for (const frame of recorded.slice()) {
      if (frame.bytes[0] === frameCodes.hello) continue;
      fleet.network.inject({ ...frame, from: frame.from === 'master' ? 'minion' : 'master' });
    }
    await settle();
    expect(await echo(minion)).toBe('master web1 echo hi');
    expect(fleet.log).toEqual(['web1 connected']);
  });

  it('cannot take frames from one session into another', async () => {
    const { fleet, recorded } = await tappedFleet();
    const web1 = await fleet.addMinion('web1');
    const web2 = await fleet.addMinion('web2');
    await Promise.all([echo(web1), echo(web2)]);
    const [first = '', second = ''] = fleet.network.connections();
    const before = fleet.master.droppedFrames().unauthentic;
    const stolen = recorded.filter(({ connection, from }) => connection === first && from === 'minion').at(-1);
    const counterAhead = stolen?.bytes.slice() ?? new Uint8Array();
    counterAhead[12] = 200;
    fleet.network.inject({ from: 'minion', channel: 'session', connection: second, bytes: counterAhead });
    await settle();
    expect(fleet.master.droppedFrames().unauthentic).toBe(before + 1);
    expect(await echo(web2)).toBe('master web2 echo hi');
  });

  it('cannot put itself in the place of the master with a key of its own', async () => {
    const { fleet } = await tappedFleet();
    await fleet.restartMaster(generateIdentity('master').identity);
    const minion = await fleet.addMinion('web1');
    expect(minion.bus.state).toBe('master-key-changed');
    expect(fleet.candidates).toEqual([]);
  });

  it('cannot put itself in the place of the master with the key of a minion', async () => {
    const { fleet } = await tappedFleet();
    const stolen = generateIdentity('minion').identity;
    await fleet.restartMaster({ ...stolen, role: 'master' });
    const minion = await fleet.addMinion('web1', { identity: stolen });
    expect(minion.bus.state).toBe('master-key-changed');
  });

  it('never sees an id, a verb or a body', async () => {
    const { fleet, recorded } = await tappedFleet();
    const minion = await fleet.addMinion('web1');
    await settle();
    await minion.bus.request('secret-verb', bytes('CANARY'));
    await fleet.master.publish(publication(fleet, 'job-CANARY'));
    await settle();
    const wire = Buffer.concat(recorded.map((frame) => frame.bytes)).toString('latin1');
    expect(['web1', 'secret-verb', 'CANARY'].filter((word) => wire.includes(word))).toEqual([]);
  });

  it('sees lengths only in steps of 256 bytes', async () => {
    const { fleet, recorded } = await tappedFleet();
    const minion = await fleet.addMinion('web1');
    await settle();
    recorded.length = 0;
    for (const length of [1, 50, 100, 150]) await minion.bus.request('echo', new Uint8Array(length));
    expect(new Set(recorded.map((frame) => frame.bytes.length))).toEqual(new Set([1 + 4 + 8 + 16 + 256]));
  });

  it('cannot keep a minion busy with puzzles', async () => {
    const { fleet, tap } = await tappedFleet();
    tap((frame) =>
      frame.bytes[0] === frameCodes.challenge
        ? [Uint8Array.of(frameCodes.puzzle, 1, 255, ...new Uint8Array(32))]
        : [frame.bytes],
    );
    const minion = await fleet.addMinion('web1');
    expect(droppedBy(minion.bus.droppedFrames())).toEqual({ puzzle: 1 });
  });
});

describe('a stranger', () => {
  it('gets an answer to nothing but a hello', async () => {
    const { fleet, recorded } = await tappedFleet();
    const minion = await fleet.addMinion('web1');
    const [connection = ''] = fleet.network.connections();
    recorded.length = 0;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (garbage) => {
        const isHello = garbage[0] === frameCodes.hello && garbage.length === 74;
        if (!isHello) fleet.network.inject({ from: 'minion', channel: 'session', connection, bytes: garbage });
      }),
      { numRuns: 2_000 },
    );
    await settle();
    expect(recorded.filter((frame) => frame.from === 'master')).toEqual([]);
    expect(await echo(minion)).toBe('master web1 echo hi');
  });

  it('cannot harm a minion with frames of any shape', async () => {
    const { fleet } = await tappedFleet();
    const minion = await fleet.addMinion('web1');
    await settle();
    const [connection = ''] = fleet.network.connections();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 7 }),
        fc.uint8Array({ maxLength: 400 }),
        fc.boolean(),
        async (code, rest, isBroadcast) => {
          const frame = Uint8Array.of(code, ...rest);
          const way = isBroadcast
            ? { channel: 'broadcast' as const, connection: `port-${fleet.ports.publishPort}` }
            : { channel: 'session' as const, connection };
          fleet.network.inject({ from: 'master', ...way, bytes: frame });
        },
      ),
      { numRuns: 2_000 },
    );
    await settle();
    expect(await echo(minion)).toBe('master web1 echo hi');
    expect(minion.states).toEqual(['connecting', 'handshaking', 'accepted']);
  });

  it('of another version is not answered', async () => {
    const { fleet, tap } = await tappedFleet();
    tap((frame) => {
      if (frame.bytes[0] !== frameCodes.hello) return [frame.bytes];
      const other = frame.bytes.slice();
      other[1] = 0;
      return [other];
    });
    await fleet.addMinion('web1');
    expect(droppedBy(fleet.master.droppedFrames())).toEqual({ version: 1 });
  });

  it('does not keep honest minions out by leaving many handshakes half-open', async () => {
    const { fleet } = await tappedFleet({ limits: { halfOpenHandshakes: 8 } });
    const hello = Uint8Array.of(frameCodes.hello, 1, 9, ...new Uint8Array(71));
    for (let count = 0; count < 100; count += 1) {
      const address = { host: 'master', port: fleet.ports.returnPort };
      const dealer = fleet.network.connectDealer(address, {
        onOpen: () => void dealer.send(hello),
        onFrame: () => {},
        onClose: () => {},
      });
    }
    await settle();
    const minion = await fleet.addMinion('web1');
    expect(minion.bus.state).toBe('accepted');
  });
});
