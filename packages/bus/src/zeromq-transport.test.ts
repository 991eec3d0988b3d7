import { setImmediate } from 'node:timers/promises';
import { silentLogger, systemClock } from '@brine/common';
import { Dealer } from 'zeromq';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  bytes,
  createSequenceStore,
  createTestMinion,
  minionId,
  text,
  type TestMinion,
} from '../test-support/fleet.ts';
import { createMasterBus, createZeromqTransport, generateIdentity, type Identity, type MasterBus } from './index.ts';

const masterIdentity: Identity = generateIdentity('master').identity;
const anyPorts = { publishPort: 0, returnPort: 0 };
const oftener = { reconnect: { minimumMilliseconds: 50, maximumMilliseconds: 200 } };

interface RealMaster {
  readonly bus: MasterBus;
  readonly ports: { readonly publishPort: number; readonly returnPort: number };
  readonly acknowledged: string[];
}

async function startMaster(ports = anyPorts): Promise<RealMaster> {
  const acknowledged: string[] = [];
  const bus = createMasterBus({
    identity: masterIdentity,
    transport: createZeromqTransport(),
    clock: systemClock,
    logger: silentLogger,
    interface: '127.0.0.1',
    ...ports,
    sequenceStore: createSequenceStore(),
    authorize: async () => 'accepted',
    onRequest: async (_id, _verb, body) => body,
    onConnected: () => {},
    onDisconnected: () => {},
    onAcknowledged: (id, publicationId) => acknowledged.push(`${id} ${publicationId}`),
  });
  onTestFinished(() => bus.stop());
  return { bus, ports: await bus.start(), acknowledged };
}

function startMinion(id: string, returnPort: number): TestMinion {
  const master = { host: 'localhost', port: returnPort };
  const transport = createZeromqTransport();
  const minion = createTestMinion(
    id,
    { transport, clock: systemClock, master, masterIdentity },
    { random: Math.random, ...oftener },
  );
  onTestFinished(() => minion.bus.stop());
  minion.bus.start();
  return minion;
}

function job(id: string, minions: readonly string[]) {
  return { id, minions: minions.map(minionId), body: bytes(id), notAfter: Date.now() + 60_000, broadcast: true };
}

/** Handles that would keep a process alive. */
function openHandles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => !['Immediate', 'TTYWrap', 'PipeWrap', 'MessagePort'].includes(name));
}

/** Which handles there are beyond `before`; one of an earlier test may have ended since. */
function added(before: readonly string[]): string[] {
  const left = [...before];
  return openHandles().filter((name) => {
    const index = left.indexOf(name);
    if (index !== -1) left.splice(index, 1);
    return index === -1;
  });
}

describe('the bus over ZeroMQ', () => {
  it('carries handshakes, requests both ways and broadcasts', async () => {
    const master = await startMaster();
    const minions = ['web1', 'web2', 'web3'].map((id) => startMinion(id, master.ports.returnPort));
    const answers = await Promise.all(minions.map(({ bus }) => bus.request('echo', bytes('hi'))));
    expect(answers.map(text)).toEqual(['hi', 'hi', 'hi']);
    expect(text(await master.bus.request(minionId('web2'), 'ping', bytes('x')))).toBe('web2 ping x');
    await master.bus.publish(job('j1', ['web1', 'web3']));
    await vi.waitFor(() => expect(master.acknowledged.toSorted()).toEqual(['web1 j1', 'web3 j1']), { timeout: 20_000 });
    expect(minions.map(({ publications }) => publications.map(({ id }) => id))).toEqual([['j1'], [], ['j1']]);
  });

  it('carries large messages side by side', async () => {
    const master = await startMaster();
    const minion = startMinion('web1', master.ports.returnPort);
    const bodies = [3_000_000, 1_000_000, 10].map((length) =>
      new Uint8Array(length).map((_, index) => (index * length) % 253),
    );
    const answers = await Promise.all(bodies.map((body) => minion.bus.request('echo', body)));
    expect(answers.map((answer, index) => Buffer.from(answer).equals(bodies[index] ?? bytes('')))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('brings minions back after a restart of the master, with what was published meanwhile', async () => {
    const master = await startMaster();
    const minion = startMinion('web1', master.ports.returnPort);
    await minion.bus.request('echo', bytes(''));
    await master.bus.stop();
    const restarted = await startMaster(master.ports);
    await restarted.bus.publish(job('j1', ['web1']));
    await vi.waitFor(() => expect(restarted.acknowledged).toEqual(['web1 j1']), { timeout: 10_000 });
    expect(text(await minion.bus.request('echo', bytes('back')))).toBe('back');
  });

  it('connects a minion that was there before its master', async () => {
    const first = await startMaster();
    await first.bus.stop();
    const minion = startMinion('web1', first.ports.returnPort);
    const answer = minion.bus.request('echo', bytes('at last'));
    await startMaster(first.ports);
    expect(text(await answer)).toBe('at last');
  });

  it('is not impressed by strangers on its ports', async () => {
    const master = await startMaster();
    const minion = startMinion('web1', master.ports.returnPort);
    await minion.bus.request('echo', bytes(''));
    const stranger = new Dealer({ linger: 0 });
    onTestFinished(() => stranger.close());
    stranger.connect(`tcp://127.0.0.1:${master.ports.returnPort}`);
    for (const frame of [Buffer.alloc(0), Buffer.alloc(5), Buffer.alloc(200_000, 5), Buffer.alloc(74, 1)])
      await stranger.send(frame);
    await stranger.send([Buffer.from('two'), Buffer.from('parts')]);
    const dropped = (): number => {
      const { malformed, unexpected, version } = master.bus.droppedFrames();
      return malformed + unexpected + version;
    };
    await expect.poll(dropped).toBeGreaterThanOrEqual(4);
    expect(text(await minion.bus.request('echo', bytes('fine')))).toBe('fine');
  });

  it('says which port is taken', async () => {
    const { ports } = await startMaster();
    await expect(startMaster(ports)).rejects.toMatchObject({
      code: 'bus-address-in-use',
      message: `port ${ports.returnPort} on 127.0.0.1 is taken by another process`,
    });
    await expect(startMaster({ publishPort: ports.publishPort, returnPort: 0 })).rejects.toMatchObject({
      code: 'bus-address-in-use',
      message: `port ${ports.publishPort} on 127.0.0.1 is taken by another process`,
    });
  });

  it('has freed its port when it has stopped', async () => {
    const transport = createZeromqTransport();
    const first = await transport.bindRouter({ interface: '127.0.0.1', port: 0 });
    const { port } = first;
    await first.close();
    for (let round = 0; round < 50; round += 1) {
      const router = await transport.bindRouter({ interface: '127.0.0.1', port });
      router.receive(() => {});
      await router.close();
      const publisher = await transport.bindPublisher({ interface: '127.0.0.1', port });
      expect(publisher.port).toBe(port);
      await publisher.close();
    }
  });

  it('says that it cannot listen on an address that is not here', async () => {
    await expect(createZeromqTransport().bindRouter({ interface: '203.0.113.1', port: 0 })).rejects.toMatchObject({
      code: 'bus-address-unusable',
    });
  });

  it('tells of a name that does not resolve and goes on trying', async () => {
    const reasons: string[] = [];
    const dealer = createZeromqTransport().connectDealer(
      { host: 'no-such-host.invalid', port: 1 },
      { onOpen: () => {}, onFrame: () => {}, onClose: (reason) => reasons.push(reason) },
    );
    await vi.waitFor(() => expect(reasons).toEqual(['cannot resolve no-such-host.invalid']), { timeout: 20_000 });
    expect(await dealer.send(bytes('x'))).toBe('gone');
    await dealer.close();
  });

  it('leaves nothing behind that keeps a process alive', async () => {
    const before = openHandles();
    const master = await startMaster();
    const minion = startMinion('web1', master.ports.returnPort);
    await minion.bus.request('echo', bytes(''));
    await minion.bus.stop();
    await master.bus.stop();
    // By turns of the loop: waiting with timers would count its own.
    for (let turn = 0; turn < 100_000 && added(before).length > 0; turn += 1) await setImmediate();
    expect(added(before)).toEqual([]);
  });
});
