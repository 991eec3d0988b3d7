import { createMinionBus, createZeromqTransport, generateIdentity, type MinionBus } from '@brine/bus';
import { encodeMessage, silentLogger, systemClock, type MinionId } from '@brine/common';
import type { Fleet } from '../fleet/fleet.ts';

/** Somebody who speaks the protocol well and says in it what they like. */
export interface EvilMinion {
  readonly bus: MinionBus;
  /** Resolves when it has begun a handshake. */
  readonly handshaking: Promise<void>;
  /** Asks with a body of plain members; answers `{ code }` of a refusal, or `{ answer }`. */
  ask(verb: string, body: unknown): Promise<Outcome>;
  /** The same with a body of any bytes. */
  askBytes(verb: string, body: Uint8Array): Promise<Outcome>;
}

/** What came of a request. */
export type Outcome = { readonly code: string } | { readonly answer: Uint8Array };

/** Connects to the master of a fleet under any id, whatever the grammar of ids says. */
export function createEvilMinion(fleet: Fleet, id: string): EvilMinion {
  let reach: () => void = () => {};
  const handshaking = new Promise<void>((resolve) => (reach = resolve));
  const bus = createMinionBus({
    identity: generateIdentity('minion').identity,
    id: id as MinionId,
    transport: createZeromqTransport(),
    clock: systemClock,
    logger: silentLogger,
    random: Math.random,
    master: { host: '127.0.0.1', port: fleet.folder.returnPort },
    trust: { kind: 'first-use', pin: async () => {} },
    sequenceStore: { load: () => 0n, save: () => {} },
    onPublication: () => Promise.reject(new Error('not taken')),
    onRequest: () => Promise.reject(new Error('not answered')),
    onState: (state) => {
      if (state === 'handshaking') reach();
    },
  });
  const askBytes = async (verb: string, body: Uint8Array): Promise<Outcome> => {
    try {
      return { answer: await bus.request(verb, body, { timeoutMilliseconds: 10_000 }) };
    } catch (error) {
      return { code: String((error as { readonly code?: unknown }).code) };
    }
  };
  return { bus, handshaking, askBytes, ask: (verb, body) => askBytes(verb, encodeMessage(body)) };
}

/** Connects under a proper id and has the key accepted. */
export async function joinEvilMinion(fleet: Fleet, id: string): Promise<EvilMinion> {
  const minion = createEvilMinion(fleet, id);
  minion.bus.start();
  await fleet.master().logged('key changed', { id, action: 'pending' });
  await fleet.run('salt-key', '-a', id, '-y');
  await fleet.master().logged('minion connected', { minion: id });
  return minion;
}
