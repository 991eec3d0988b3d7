import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '@brine/common';
import {
  bytes,
  createFleet,
  createSequenceStore,
  minionId,
  text,
  type Fleet,
  type FleetOptions,
} from '../test-support/fleet.ts';
import { settle } from '../test-support/manual-clock.ts';
import { fingerprint, generateIdentity, signSuccession, type MemoryFrame } from './index.ts';

async function fleetOf(options: FleetOptions = {}): Promise<Fleet> {
  const fleet = await createFleet(options);
  onTestFinished(() => fleet.stop());
  return fleet;
}

function job(fleet: Fleet, id: string, minions: readonly string[]) {
  return { id, minions: minions.map(minionId), body: bytes(`body of ${id}`), notAfter: fleet.clock.now() + 60_000 };
}

describe('the handshake', () => {
  it('lets an accepted minion in', async () => {
    const fleet = await fleetOf();
    const minion = await fleet.addMinion('web1', { claims: () => bytes('token') });
    expect(minion.states).toEqual(['connecting', 'handshaking', 'accepted']);
    expect(fleet.log).toEqual(['web1 connected']);
    expect(fleet.master.connectedMinions()).toEqual(['web1']);
    expect(fleet.candidates.map(({ id, claims }) => [id, text(claims)])).toEqual([['web1', 'token']]);
  });

  it('asks the key store about the key that was proven', async () => {
    const fleet = await fleetOf();
    const { identity } = generateIdentity('minion');
    await fleet.addMinion('web1', { identity });
    expect(fleet.candidates[0]?.publicKey).toEqual(identity.publicKey);
    expect(fleet.candidates[0]?.fingerprint).toBe(fingerprint(identity.publicKey));
  });

  it('holds a pending minion and lets it in at once when it is accepted', async () => {
    const fleet = await fleetOf();
    fleet.verdicts.set('web1', 'pending');
    const minion = await fleet.addMinion('web1');
    expect(minion.bus.state).toBe('pending');
    expect(fleet.master.connectedMinions()).toEqual([]);
    fleet.verdicts.set('web1', 'accepted');
    await fleet.master.reconsider(minionId('web1'));
    await settle();
    expect(minion.states).toEqual(['connecting', 'handshaking', 'pending', 'accepted']);
    expect(fleet.network.connections()).toHaveLength(1);
  });

  it('keeps a pending session alive by heartbeats, and gives it nothing else', async () => {
    const fleet = await fleetOf();
    fleet.verdicts.set('web1', 'pending');
    const minion = await fleet.addMinion('web1');
    await fleet.clock.advance(300_000);
    expect(minion.states).toEqual(['connecting', 'handshaking', 'pending']);
    await expect(fleet.master.request(minionId('web1'), 'ping', bytes(''))).rejects.toMatchObject({
      code: 'bus-not-connected',
    });
    const asked = expect(minion.bus.request('ping', bytes(''), { timeoutMilliseconds: 10 })).rejects.toMatchObject({
      code: 'bus-timeout',
    });
    await fleet.clock.advance(10);
    await asked;
  });

  it('sends the pending ones away when too many wait, and takes them back later', async () => {
    const fleet = await fleetOf({ limits: { waitingSessions: 1 } });
    fleet.verdicts.set('web1', 'pending').set('web2', 'pending');
    await fleet.addMinion('web1');
    const second = await fleet.addMinion('web2');
    expect(second.bus.state).toBe('pending');
    fleet.verdicts.set('web1', 'accepted').set('web2', 'accepted');
    await fleet.master.reconsider();
    await fleet.clock.advance(250);
    expect(fleet.master.connectedMinions()).toEqual(['web1', 'web2']);
  });

  it.each(['rejected', 'denied'] as const)('tells a minion that it is %s, which asks again later', async (verdict) => {
    const fleet = await fleetOf();
    fleet.verdicts.set('web1', verdict);
    const minion = await fleet.addMinion('web1');
    expect(minion.states).toEqual(['connecting', 'handshaking', verdict]);
    fleet.verdicts.set('web1', 'accepted');
    await fleet.clock.advance(14_999);
    expect(minion.bus.state).toBe(verdict);
    await fleet.clock.advance(1);
    expect(minion.bus.state).toBe('accepted');
  });

  it('shows both fingerprints when the master has another key than the pinned one, and tells it nothing', async () => {
    const fleet = await fleetOf();
    const trusted = generateIdentity('master').identity;
    const minion = await fleet.addMinion('web1', { trust: { kind: 'pinned', publicKey: trusted.publicKey } });
    expect(minion.bus.state).toBe('master-key-changed');
    expect(minion.details.at(-1)).toEqual({
      masterFingerprint: fingerprint(fleet.masterIdentity.publicKey),
      trustedFingerprint: fingerprint(trusted.publicKey),
    });
    expect(fleet.candidates).toEqual([]);
  });

  it('trusts a master by its fingerprint, in either case of letters', async () => {
    const fleet = await fleetOf();
    const trusted = fingerprint(fleet.masterIdentity.publicKey).toUpperCase();
    const minion = await fleet.addMinion('web1', { trust: { kind: 'fingerprint', fingerprint: trusted } });
    expect(minion.bus.state).toBe('accepted');
  });

  it('pins the first key it meets, and no other afterwards', async () => {
    const fleet = await fleetOf();
    const pinned: Uint8Array[] = [];
    const minion = await fleet.addMinion('web1', {
      trust: { kind: 'first-use', pin: async (publicKey) => void pinned.push(publicKey) },
    });
    expect(minion.bus.state).toBe('accepted');
    await fleet.restartMaster(generateIdentity('master').identity);
    await fleet.clock.advance(2_000);
    expect(minion.bus.state).toBe('master-key-changed');
    expect(pinned).toEqual([fleet.masterIdentity.publicKey]);
  });

  it('says nothing about itself to a master whose key could not be pinned', async () => {
    const fleet = await fleetOf();
    const minion = await fleet.addMinion('web1', {
      trust: { kind: 'first-use', pin: () => Promise.reject(new Error('disk full')) },
    });
    expect(minion.details.at(-1)).toEqual({ reason: 'the handshake cannot go on', retryMilliseconds: 250 });
    expect(fleet.candidates).toEqual([]);
  });

  it('asks for the solution of a puzzle beyond the free rate of hellos', async () => {
    const fleet = await fleetOf({ limits: { freeHellosPerSecond: 1, puzzleBits: 4 } });
    await fleet.addMinion('web1');
    const second = await fleet.addMinion('web2');
    expect(second.states).toEqual(['connecting', 'handshaking', 'accepted']);
  });

  it('turns away a second machine with the key of one that is connected and answers', async () => {
    const fleet = await fleetOf();
    const { identity } = generateIdentity('minion');
    const older = await fleet.addMinion('web1', { identity });
    const clone = await fleet.addMinion('web1', { identity });
    expect(fleet.log).toEqual(['web1 connected', 'web1 is a twin']);
    expect(older.states).toEqual(['connecting', 'handshaking', 'accepted']);
    expect(clone.states).toEqual(['connecting', 'handshaking', 'twin']);
    await older.bus.stop();
    await fleet.clock.advance(15_000);
    expect(clone.bus.state).toBe('accepted');
  });

  it('gives the place of an older session that answers no more to a newer one of the same key', async () => {
    let isDead = false;
    const deliver = ({ connection, bytes: frame }: MemoryFrame) => (isDead && connection === 'peer-1' ? [] : [frame]);
    const fleet = await fleetOf({ network: { deliver } });
    const { identity } = generateIdentity('minion');
    await fleet.addMinion('web1', { identity });
    isDead = true;
    const newer = await fleet.addMinion('web1', { identity });
    expect(newer.bus.state).toBe('handshaking');
    await fleet.clock.advance(2_000);
    expect(fleet.log).toEqual(['web1 connected', 'web1 disconnected: replaced', 'web1 connected']);
    expect(newer.bus.state).toBe('accepted');
  });

  it('lets those who come too many at once wait for their turn in the session that they have', async () => {
    const fleet = await fleetOf({ limits: { admissionsPerSecond: 2 } });
    const minions = await Promise.all(['a', 'b', 'c', 'd'].map(async (id) => fleet.addMinion(id)));
    expect(fleet.master.connectedMinions()).toEqual(['a', 'b']);
    expect(minions.map(({ bus }) => bus.state)).toEqual(['accepted', 'accepted', 'handshaking', 'handshaking']);
    await fleet.clock.advance(500);
    expect(fleet.master.connectedMinions()).toEqual(['a', 'b', 'c']);
    await fleet.clock.advance(1_000);
    expect(fleet.master.connectedMinions()).toEqual(['a', 'b', 'c', 'd']);
    expect(fleet.candidates.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(minions.map(({ states }) => states.filter((state) => state === 'handshaking'))).toEqual(
      minions.map(() => ['handshaking']),
    );
  });

  it('takes nothing of those who wait for their turn, and forgets those who leave', async () => {
    const fleet = await fleetOf({ limits: { admissionsPerSecond: 1 } });
    await fleet.addMinion('a');
    const gone = await fleet.addMinion('gone');
    const asked = gone.bus.request('hello', new Uint8Array(), { timeoutMilliseconds: 100 });
    const failed = expect(asked).rejects.toMatchObject({ code: 'bus-timeout' });
    await fleet.clock.advance(100);
    await failed;
    await gone.bus.stop();
    await fleet.clock.advance(5_000);
    expect([fleet.log, fleet.candidates.map(({ id }) => id)]).toEqual([['a connected'], ['a']]);
  });

  it('tells those for whom there is no room to wait when to come again', async () => {
    const fleet = await fleetOf({ limits: { admissionsPerSecond: 2, postponedSessions: 0 } });
    const minions = await Promise.all(['a', 'b', 'c', 'd'].map(async (id) => fleet.addMinion(id)));
    expect(fleet.master.connectedMinions()).toEqual(['a', 'b']);
    expect(minions.slice(2).map(({ details }) => details.at(-1))).toEqual([
      { reason: 'the master asks to come later', retryMilliseconds: 750 },
      { reason: 'the master asks to come later', retryMilliseconds: 1_500 },
    ]);
    await fleet.clock.advance(2_000);
    expect(fleet.master.connectedMinions()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets a minion begin anew at once with another identity and address', async () => {
    const fleet = await fleetOf();
    let { identity } = generateIdentity('minion');
    const minion = await fleet.addMinion('web1', { identity: () => identity });
    ({ identity } = generateIdentity('minion'));
    await minion.bus.reconnect();
    await settle();
    expect(fleet.log).toEqual(['web1 connected', 'web1 disconnected: left', 'web1 connected']);
    expect(fleet.candidates.at(-1)?.publicKey).toEqual(identity.publicKey);
  });

  it('asks the key store again when it changed while it was being asked', async () => {
    const fleet = await fleetOf();
    fleet.verdicts.set('web1', 'pending');
    const minion = await fleet.addMinion('web1');
    fleet.verdicts.set('web1', 'accepted');
    const first = fleet.master.reconsider(minionId('web1'));
    fleet.verdicts.set('web1', 'rejected');
    await Promise.all([first, fleet.master.reconsider(minionId('web1'))]);
    await settle();
    expect(minion.states).toEqual(['connecting', 'handshaking', 'pending', 'rejected']);
  });

  it('does not take a refusal back that is already on its way', async () => {
    const fleet = await fleetOf();
    fleet.verdicts.set('web1', 'pending');
    const minion = await fleet.addMinion('web1');
    fleet.verdicts.set('web1', 'rejected');
    const refusal = fleet.master.reconsider(minion.id);
    await Promise.resolve();
    await Promise.resolve();
    fleet.verdicts.set('web1', 'accepted');
    await Promise.all([refusal, fleet.master.reconsider(minion.id)]);
    await fleet.clock.advance(15_000);
    expect(minion.bus.state).toBe('accepted');
    expect(fleet.master.connectedMinions()).toEqual(['web1']);
  });

  it('tries again after the handshake time when nothing comes back', async () => {
    let isDeaf = true;
    const fleet = await fleetOf({
      network: { deliver: (frame) => (isDeaf && frame.from === 'master' ? [] : [frame.bytes]) },
    });
    const minion = await fleet.addMinion('web1');
    await fleet.clock.advance(30_000);
    isDeaf = false;
    await fleet.clock.advance(250);
    expect(minion.states).toEqual(['connecting', 'handshaking', 'connecting', 'connecting', 'handshaking', 'accepted']);
  });

  it('refuses identities of the other role', async () => {
    const fleet = await fleetOf();
    await expect(fleet.addMinion('web1', { identity: generateIdentity('master').identity })).rejects.toMatchObject({
      code: 'bus-key-role',
    });
  });
});

describe('requests', () => {
  it('go both ways', async () => {
    const fleet = await fleetOf();
    const minion = await fleet.addMinion('web1');
    expect(text(await minion.bus.request('pillar', bytes('x')))).toBe('master web1 pillar x');
    expect(text(await fleet.master.request(minion.id, 'ping', bytes('y')))).toBe('web1 ping y');
  });

  it('wait for a session', async () => {
    const fleet = await fleetOf();
    fleet.verdicts.set('web1', 'pending');
    const minion = await fleet.addMinion('web1');
    const answer = minion.bus.request('pillar', bytes(''));
    fleet.verdicts.set('web1', 'accepted');
    await fleet.master.reconsider(minion.id);
    expect(text(await answer)).toBe('master web1 pillar ');
  });

  it('run side by side, each with its own answer', async () => {
    const fleet = await fleetOf();
    const minions = await Promise.all(['web1', 'web2', 'web3'].map((id) => fleet.addMinion(id)));
    const asked = minions.flatMap(({ bus }, index) =>
      Array.from({ length: 80 }, (_, count) => bus.request('echo', bytes(`${index}-${count}`))),
    );
    const answers = (await Promise.all(asked)).map(text);
    expect(answers).toEqual(
      [0, 1, 2].flatMap((index) =>
        Array.from({ length: 80 }, (_, count) => `master web${index + 1} echo ${index}-${count}`),
      ),
    );
  });

  it('carry large bodies while small ones pass them', async () => {
    const order: string[] = [];
    const fleet = await fleetOf({
      onRequest: async (_id, verb, body) => {
        order.push(verb);
        return body;
      },
    });
    const minion = await fleet.addMinion('web1');
    const large = new Uint8Array(700_000).map((_, index) => index % 251);
    const [answer] = await Promise.all([minion.bus.request('large', large), minion.bus.request('small', bytes('x'))]);
    expect(Buffer.from(answer).equals(large)).toBe(true);
    expect(order).toEqual(['small', 'large']);
  });

  it('bring back the error of the other side with its code, message, details and problems', async () => {
    const problem = {
      severity: 'error' as const,
      code: 'yaml-syntax',
      summary: 'bad',
      span: { file: 'a.sls', line: 3 },
    };
    const fleet = await fleetOf({
      onRequest: async () => {
        throw new AppError({ code: 'pillar-broken', message: 'no', details: { file: 'a.sls' }, problems: [problem] });
      },
    });
    const minion = await fleet.addMinion('web1');
    await expect(minion.bus.request('pillar', bytes(''))).rejects.toMatchObject({
      name: 'AppError',
      code: 'pillar-broken',
      message: 'no',
      details: { file: 'a.sls' },
      problems: [problem],
    });
  });

  it('tell nothing of an error that is not of the catalogue', async () => {
    const fleet = await fleetOf({ onRequest: () => Promise.reject(new Error('password is CANARY')) });
    const minion = await fleet.addMinion('web1');
    await expect(minion.bus.request('pillar', bytes(''))).rejects.toMatchObject({
      code: 'bus-remote',
      message: 'the other side failed to answer',
    });
  });

  it('end in time, by cancelling, by a cut and by a stop, and abort the work on the other side', async () => {
    const ends: string[] = [];
    const fleet = await fleetOf({
      onRequest: (_id, verb, _body, signal) =>
        new Promise(() => signal.addEventListener('abort', () => ends.push(verb))),
    });
    const minion = await fleet.addMinion('web1');
    const controller = new AbortController();
    const late = expect(minion.bus.request('late', bytes(''), { timeoutMilliseconds: 100 })).rejects.toMatchObject({
      code: 'bus-timeout',
    });
    const dropped = expect(
      minion.bus.request('dropped', bytes(''), { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'bus-cancelled' });
    await settle();
    controller.abort();
    await fleet.clock.advance(100);
    await Promise.all([late, dropped]);
    await settle();
    expect(ends).toEqual(['dropped', 'late']);
    const cut = expect(minion.bus.request('cut', bytes(''))).rejects.toMatchObject({ code: 'bus-disconnected' });
    await settle();
    fleet.network.cut();
    await cut;
    await fleet.clock.advance(15_000);
    expect(minion.bus.state).toBe('accepted');
    const stopped = expect(minion.bus.request('stopped', bytes(''))).rejects.toMatchObject({ code: 'bus-stopped' });
    await settle();
    await minion.bus.stop();
    await stopped;
    expect(minion.bus.state).toBe('stopped');
    await settle();
    expect(ends).toEqual(['dropped', 'late', 'cut', 'stopped']);
  });

  it('are refused beyond the limit in flight', async () => {
    const fleet = await fleetOf({ limits: { requestsInFlight: 2 }, onRequest: () => new Promise(() => {}) });
    const minion = await fleet.addMinion('web1');
    const asked = [1, 2, 3].map(() => minion.bus.request('wait', bytes('')).catch((error: AppError) => error.code));
    expect(await asked[2]).toBe('bus-busy');
  });

  it('are refused when they are none or too large', async () => {
    const fleet = await fleetOf();
    const minion = await fleet.addMinion('web1');
    await expect(minion.bus.request('../etc', bytes(''))).rejects.toMatchObject({ code: 'bus-verb' });
    await expect(minion.bus.request('x', new Uint8Array(67_108_864))).rejects.toMatchObject({ code: 'bus-too-large' });
  });
});

describe('publications', () => {
  it('reach the minions they name, through sessions or as a broadcast, and are acknowledged', async () => {
    const fleet = await fleetOf();
    const [web1, web2, db1] = await Promise.all(['web1', 'web2', 'db1'].map((id) => fleet.addMinion(id)));
    await settle();
    fleet.log.length = 0;
    await fleet.master.publish({ ...job(fleet, 'j1', ['web1', 'web2']), broadcast: true });
    await settle();
    await fleet.master.publish(job(fleet, 'j2', ['db1']));
    await settle();
    expect(fleet.log.toSorted()).toEqual(['db1 acknowledged j2', 'web1 acknowledged j1', 'web2 acknowledged j1']);
    expect([web1, web2, db1].map((minion) => minion?.publications.map(({ id, body }) => [id, text(body)]))).toEqual([
      [['j1', 'body of j1']],
      [['j1', 'body of j1']],
      [['j2', 'body of j2']],
    ]);
  });

  it('are broadcast to a wide audience and sent through sessions to a narrow one', async () => {
    const broadcasts: MemoryFrame[] = [];
    const fleet = await fleetOf({
      limits: { directTargets: 2 },
      network: {
        deliver: (frame) => {
          if (frame.channel === 'broadcast') broadcasts.push(frame);
          return [frame.bytes];
        },
      },
    });
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => fleet.addMinion(id)));
    await settle();
    await fleet.master.publish(job(fleet, 'j1', ['a', 'b']));
    expect(broadcasts).toHaveLength(0);
    await fleet.master.publish(job(fleet, 'j2', ['a', 'b', 'c']));
    expect(broadcasts).toHaveLength(1);
    await fleet.master.publish({ ...job(fleet, 'j3', ['a', 'b', 'c']), body: new Uint8Array(300_000) });
    expect(broadcasts).toHaveLength(1);
    await settle();
    expect(fleet.log.filter((line) => line.includes('j3'))).toHaveLength(3);
  });

  it('that were lost come again through the session, after growing pauses', async () => {
    let lost = 0;
    const fleet = await fleetOf({
      network: {
        deliver: (frame) => {
          if (frame.channel === 'session' || frame.from === 'minion') return [frame.bytes];
          lost += 1;
          return [];
        },
      },
    });
    const minion = await fleet.addMinion('web1');
    await settle();
    await fleet.master.publish({ ...job(fleet, 'j1', ['web1']), broadcast: true });
    expect(lost).toBe(1);
    await fleet.clock.advance(1_001);
    expect(minion.publications).toEqual([]);
    await fleet.clock.advance(1);
    expect(minion.publications.map(({ id }) => id)).toEqual(['j1']);
    expect(fleet.log.at(-1)).toBe('web1 acknowledged j1');
  });

  it('wait for minions that are away, in order', async () => {
    const fleet = await fleetOf();
    await fleet.master.publish(job(fleet, 'j1', ['web1']));
    await fleet.master.publish(job(fleet, 'j2', ['web1', 'web2']));
    const minion = await fleet.addMinion('web1');
    await settle();
    expect(minion.publications.map(({ id }) => id)).toEqual(['j1', 'j2']);
  });

  it('that were not accepted durably are not acknowledged, and come again', async () => {
    const fleet = await fleetOf();
    let attempts = 0;
    await fleet.addMinion('web1', {
      onPublication: async () => {
        attempts += 1;
        if (attempts < 3) throw new Error('disk full');
      },
    });
    await fleet.master.publish(job(fleet, 'j1', ['web1']));
    await fleet.clock.advance(60_000);
    expect(attempts).toBe(3);
    expect(fleet.log.filter((line) => line.includes('j1'))).toEqual(['web1 acknowledged j1']);
  });

  it('are handed on once, however often their acknowledgement is lost', async () => {
    let isLossy = false;
    const fleet = await fleetOf({
      network: { deliver: (frame) => (isLossy && frame.from === 'minion' ? [] : [frame.bytes]) },
    });
    const minion = await fleet.addMinion('web1');
    isLossy = true;
    await fleet.master.publish(job(fleet, 'j1', ['web1']));
    await fleet.clock.advance(3_000);
    isLossy = false;
    await fleet.clock.advance(10_000);
    expect(minion.publications.map(({ id }) => id)).toEqual(['j1']);
    expect(fleet.log.at(-1)).toBe('web1 acknowledged j1');
  });

  it('are not delivered past their end', async () => {
    const fleet = await fleetOf();
    await fleet.master.publish(job(fleet, 'j1', ['web1']));
    await fleet.clock.advance(60_001);
    await fleet.master.publish({ ...job(fleet, 'j2', ['web1']), notAfter: fleet.clock.now() - 1 });
    const minion = await fleet.addMinion('web1');
    await settle();
    expect(minion.publications).toEqual([]);
  });

  it('keep their end by the master clock, however wrong the minion clock is', async () => {
    const fleet = await fleetOf();
    const wrong = { ...fleet.clock, now: () => fleet.clock.now() + 315_360_000_000 };
    const minion = await fleet.addMinion('web1', { clock: wrong });
    await fleet.master.publish(job(fleet, 'j1', ['web1']));
    await settle();
    expect(minion.publications[0]?.notAfter).toBe(wrong.now() + 60_000);
  });

  it.each([-3_600_000, 3_600_000])('go on, and end in time, when the master clock is set by %i ms', async (step) => {
    const fleet = await fleetOf();
    const minion = await fleet.addMinion('web1');
    await fleet.master.publish(job(fleet, 'j1', ['web2']));
    fleet.clock.setNow(fleet.clock.now() + step);
    fleet.master.clockStepped(step);
    await fleet.master.publish(job(fleet, 'j2', ['web1']));
    await settle();
    expect(minion.publications.map(({ id }) => id)).toEqual(['j2']);
    expect(fleet.log.at(-1)).toBe('web1 acknowledged j2');
    await fleet.clock.advance(60_001);
    const late = await fleet.addMinion('web2');
    await settle();
    expect(late.publications).toEqual([]);
  });

  it('are no longer delivered once withdrawn', async () => {
    const fleet = await fleetOf();
    await fleet.master.publish(job(fleet, 'j1', ['web1', 'web2']));
    fleet.master.withdraw('j1', [minionId('web1')]);
    const web1 = await fleet.addMinion('web1');
    const web2 = await fleet.addMinion('web2');
    await settle();
    expect([web1.publications.length, web2.publications.length]).toEqual([0, 1]);
  });

  it('have rising numbers, also after the master restarted', async () => {
    const fleet = await fleetOf();
    const minion = await fleet.addMinion('web1');
    await fleet.master.publish(job(fleet, 'j1', ['web1']));
    await settle();
    await fleet.restartMaster();
    await fleet.clock.advance(2_000);
    await fleet.master.publish(job(fleet, 'j2', ['web1']));
    await settle();
    expect(minion.publications.map(({ id, sequence }) => [id, sequence])).toEqual([
      ['j1', 1n],
      ['j2', 1_025n],
    ]);
  });

  it('go on above what a minion has seen when the master comes from an old backup', async () => {
    const fleet = await fleetOf();
    const sequenceStore = createSequenceStore();
    sequenceStore.save(5_000n);
    const minion = await fleet.addMinion('web1', { sequenceStore });
    await settle();
    await fleet.master.publish({ ...job(fleet, 'j1', ['web1']), broadcast: true });
    await settle();
    expect(minion.publications.map(({ sequence }) => sequence)).toEqual([5_001n]);
    expect(sequenceStore.saved).toBe(5_001n);
  });

  it('are refused under an id outside the grammar, without an end or too large', async () => {
    const fleet = await fleetOf();
    const good = job(fleet, 'j1', ['web1']);
    await expect(fleet.master.publish({ ...good, id: '../j' })).rejects.toMatchObject({ code: 'bus-publication' });
    await expect(fleet.master.publish({ ...good, notAfter: Infinity })).rejects.toMatchObject({
      code: 'bus-publication',
    });
    await expect(fleet.master.publish({ ...good, body: new Uint8Array(67_108_864) })).rejects.toMatchObject({
      code: 'bus-too-large',
    });
  });
});

describe('revoking', () => {
  it('cuts the session at once and renews the epoch for the others without a reconnect', async () => {
    const fleet = await fleetOf();
    const web1 = await fleet.addMinion('web1');
    const web2 = await fleet.addMinion('web2');
    await settle();
    fleet.verdicts.set('web1', 'rejected');
    await fleet.master.revoke(web1.id);
    expect(fleet.master.connectedMinions()).toEqual(['web2']);
    await fleet.clock.advance(20_000);
    expect(web1.bus.state).toBe('rejected');
    await fleet.master.publish({ ...job(fleet, 'j1', ['web2']), broadcast: true });
    await settle();
    expect(web2.publications.map(({ id }) => id)).toEqual(['j1']);
    expect(web2.states).toEqual(['connecting', 'handshaking', 'accepted']);
    expect(fleet.log).toContain('web1 disconnected: revoked');
  });

  it('leaves the revoked minion without the key of later broadcasts', async () => {
    const epochs: string[] = [];
    const fleet = await fleetOf({
      network: {
        deliver: ({ channel, bytes: frame }) => {
          if (channel === 'broadcast') epochs.push(Buffer.from(frame.subarray(1, 9)).toString('hex'));
          return [frame];
        },
      },
    });
    const web1 = await fleet.addMinion('web1');
    await fleet.addMinion('web2');
    await settle();
    await fleet.master.publish({ ...job(fleet, 'j1', ['web1', 'web2']), broadcast: true });
    await settle();
    fleet.verdicts.set('web1', 'rejected');
    await fleet.master.reconsider(web1.id);
    await fleet.clock.advance(1);
    await fleet.master.publish({ ...job(fleet, 'j2', ['web1', 'web2']), broadcast: true });
    await settle();
    expect(new Set(epochs).size).toBe(2);
    expect(web1.publications.map(({ id }) => id)).toEqual(['j1']);
    expect(fleet.log.filter((line) => line.includes('j2'))).toEqual(['web2 acknowledged j2']);
  });

  it('uses sessions until the new epoch is known', async () => {
    const fleet = await fleetOf();
    await fleet.addMinion('web1');
    const web2 = await fleet.addMinion('web2');
    await settle();
    await fleet.master.revoke(minionId('web1'));
    await fleet.master.publish({ ...job(fleet, 'j1', ['web2']), broadcast: true });
    await settle();
    expect(web2.publications.map(({ id }) => id)).toEqual(['j1']);
  });

  it('forgets what waited for the minion', async () => {
    const fleet = await fleetOf();
    await fleet.master.publish(job(fleet, 'j1', ['web1']));
    await fleet.master.revoke(minionId('web1'));
    const minion = await fleet.addMinion('web1');
    await settle();
    expect(minion.publications).toEqual([]);
  });
});

describe('a new key of the master', () => {
  const [second, third] = [generateIdentity('master').identity, generateIdentity('master').identity];

  it('is followed by those who are connected without a reconnect, and jobs go on under it', async () => {
    const fleet = await fleetOf();
    const pinned: string[] = [];
    const pin = async (key: Uint8Array): Promise<void> => void pinned.push(fingerprint(key));
    const minion = await fleet.addMinion('web1', { trust: { kind: 'first-use', pin } });
    fleet.master.succeed(second, [signSuccession(fleet.masterIdentity, second.publicKey)]);
    await fleet.master.publish({ ...job(fleet, 'direct', ['web1']), broadcast: false });
    await fleet.master.publish({ ...job(fleet, 'wide', ['web1']), broadcast: true });
    await settle();
    await fleet.clock.advance(1_500);
    expect(minion.publications.map(({ id }) => id).toSorted()).toEqual(['direct', 'wide']);
    expect(minion.states).toEqual(['connecting', 'handshaking', 'accepted']);
    expect(pinned).toEqual([fingerprint(fleet.masterIdentity.publicKey), fingerprint(second.publicKey)]);
    expect(fleet.network.connections()).toHaveLength(1);
  });

  it('is followed by a minion that was away for several of them, from the key that it knows', async () => {
    const fleet = await fleetOf();
    const chain = [signSuccession(fleet.masterIdentity, second.publicKey), signSuccession(second, third.publicKey)];
    fleet.master.succeed(third, chain);
    const pinned: string[] = [];
    const pin = async (key: Uint8Array): Promise<void> => void pinned.push(fingerprint(key));
    const minion = await fleet.addMinion('web1', {
      trust: { kind: 'pinned', publicKey: fleet.masterIdentity.publicKey, pin },
    });
    expect(minion.bus.state).toBe('accepted');
    expect(pinned).toEqual([fingerprint(third.publicKey)]);
    await fleet.master.publish(job(fleet, 'after', ['web1']));
    await settle();
    expect(minion.publications.map(({ id }) => id)).toEqual(['after']);
  });

  it('reaches a minion that waits to be accepted, whose verdict comes under it', async () => {
    const fleet = await fleetOf();
    fleet.verdicts.set('web1', 'pending');
    const minion = await fleet.addMinion('web1');
    fleet.master.succeed(second, [signSuccession(fleet.masterIdentity, second.publicKey)]);
    fleet.verdicts.set('web1', 'accepted');
    await fleet.master.reconsider();
    await settle();
    expect(minion.states).toEqual(['connecting', 'handshaking', 'pending', 'accepted']);
  });

  it.each([
    ['no chain', () => []],
    ['a chain from another key', () => [signSuccession(third, second.publicKey)]],
    [
      'a link that the trusted key did not sign',
      (fleet: Fleet) => [{ from: fleet.masterIdentity.publicKey, signature: third.sign(second.publicKey) }],
    ],
    ['a link to another key', (fleet: Fleet) => [signSuccession(fleet.masterIdentity, third.publicKey)]],
  ])('is not trusted by %s, neither in a session nor in a handshake', async (_what, chainOf) => {
    const fleet = await fleetOf();
    const [connected, later] = [await fleet.addMinion('web1'), fleet.masterIdentity];
    fleet.master.succeed(second, chainOf(fleet));
    await fleet.master.publish(job(fleet, 'forged', ['web1']));
    await settle();
    expect(connected.publications).toEqual([]);
    const fresh = await fleet.addMinion('web2', { trust: { kind: 'pinned', publicKey: later.publicKey } });
    expect(fresh.bus.state).toBe('master-key-changed');
  });
});

describe('the quota of a minion', () => {
  it('makes those wait who ask too often, and nobody else', async () => {
    const fleet = await fleetOf({ limits: { requestsPerSecond: 2 } });
    const greedy = await fleet.addMinion('web1');
    const modest = await fleet.addMinion('web2');
    const answers: string[] = [];
    for (const n of ['1', '2', '3']) void greedy.bus.request('ping', bytes(n)).then((body) => answers.push(text(body)));
    await settle();
    expect(text(await modest.bus.request('ping', bytes('x')))).toBe('master web2 ping x');
    expect(answers).toEqual(['master web1 ping 1', 'master web1 ping 2']);
    await fleet.clock.advance(500);
    expect(answers).toHaveLength(3);
  });
});

describe('sessions', () => {
  it('renew their keys by time while requests go on', async () => {
    const generations = new Set<number>();
    const fleet = await fleetOf({
      network: {
        deliver: (frame) => {
          if (frame.bytes[0] === 5)
            generations.add(new DataView(frame.bytes.buffer, frame.bytes.byteOffset).getUint32(1));
          return [frame.bytes];
        },
      },
    });
    const minion = await fleet.addMinion('web1');
    for (let round = 0; round < 30; round += 1) {
      await fleet.clock.advance(15_000);
      expect(text(await minion.bus.request('echo', bytes(`${round}`)))).toBe(`master web1 echo ${round}`);
    }
    expect([...generations]).toEqual([0, 1, 2, 3]);
    expect(minion.states).toEqual(['connecting', 'handshaking', 'accepted']);
    expect(Object.values(fleet.master.droppedFrames()).every((count) => count === 0)).toBe(true);
  });

  it('renew their keys by count', async () => {
    let generation = 0;
    const fleet = await fleetOf({
      limits: { rekeyFrames: 50 },
      network: {
        deliver: (frame) => {
          if (frame.bytes[0] === 5) generation = new DataView(frame.bytes.buffer, frame.bytes.byteOffset).getUint32(1);
          return [frame.bytes];
        },
      },
    });
    const minion = await fleet.addMinion('web1');
    await Promise.all(Array.from({ length: 60 }, () => minion.bus.request('echo', bytes(''))));
    await fleet.clock.advance(15_000);
    await minion.bus.request('echo', bytes(''));
    expect(generation).toBe(1);
  });

  it('end when the keys are not renewed in time', async () => {
    const fleet = await fleetOf({ limits: { rekeyMilliseconds: 1_000_000 } });
    const minion = await fleet.addMinion('web1');
    await fleet.clock.advance(195_000);
    expect(fleet.log.slice(0, 2)).toEqual(['web1 connected', 'web1 disconnected: keys-expired']);
    await fleet.clock.advance(1_000);
    expect(minion.bus.state).toBe('accepted');
  });

  it('end on both sides after three silent heartbeats', async () => {
    let isCut = false;
    const fleet = await fleetOf({ network: { deliver: (frame) => (isCut ? [] : [frame.bytes]) } });
    const minion = await fleet.addMinion('web1');
    isCut = true;
    await fleet.clock.advance(61_000);
    expect(fleet.log).toEqual(['web1 connected', 'web1 disconnected: silent']);
    expect(minion.details.find(({ reason }) => reason === 'session ended: silent')).toBeDefined();
    isCut = false;
    await fleet.clock.advance(60_000);
    expect(minion.bus.state).toBe('accepted');
  });

  it('are probed: only who answers now is there, however alive its session looks', async () => {
    let isDead = false;
    const deliver = ({ connection, bytes: frame }: MemoryFrame) => (isDead && connection === 'peer-1' ? [] : [frame]);
    const fleet = await fleetOf({ network: { deliver } });
    await fleet.addMinion('web1');
    await fleet.addMinion('web2');
    isDead = true;
    const probing = fleet.master.probe(2_000);
    await fleet.clock.advance(2_000);
    expect(await probing).toEqual(['web2']);
    expect(fleet.master.connectedMinions()).toEqual(['web1', 'web2']);
  });

  it('come back by themselves after a cut and after a restart of the master', async () => {
    const fleet = await fleetOf();
    const minion = await fleet.addMinion('web1');
    fleet.network.cut();
    await fleet.clock.advance(1_000);
    expect(minion.bus.state).toBe('accepted');
    await fleet.restartMaster();
    await fleet.clock.advance(2_000);
    expect(minion.bus.state).toBe('accepted');
    expect(fleet.master.connectedMinions()).toEqual(['web1']);
  });

  it('end with a goodbye of the minion', async () => {
    const fleet = await fleetOf();
    const minion = await fleet.addMinion('web1');
    await minion.bus.stop();
    await settle();
    expect(fleet.log).toEqual(['web1 connected', 'web1 disconnected: left']);
    expect(minion.states.at(-1)).toBe('stopped');
  });

  it('survive callbacks that throw', async () => {
    const fleet = await fleetOf();
    const minion = await fleet.addMinion('web1', {
      onState: () => {
        throw new Error('a bug of the daemon');
      },
    });
    expect(minion.bus.state).toBe('accepted');
  });
});

describe('a bus that is not running', () => {
  it('refuses to work with a clear error', async () => {
    const fleet = await fleetOf();
    const minion = await fleet.addMinion('web1');
    await fleet.stop();
    await expect(fleet.master.publish(job(fleet, 'j1', ['web1']))).rejects.toMatchObject({ code: 'bus-stopped' });
    await expect(fleet.master.request(minion.id, 'x', bytes(''))).rejects.toMatchObject({ code: 'bus-stopped' });
    await expect(minion.bus.request('x', bytes(''))).rejects.toMatchObject({ code: 'bus-stopped' });
    expect(fleet.master.connectedMinions()).toEqual([]);
  });
});
