import { createMemoryTransport, type MemoryFrame, type MemoryTransport, type Transport } from '@brine/bus';
import type { Chance } from './chance.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A network that takes time and can be bad. */
export interface SimulatedNetwork {
  readonly transport: MemoryTransport;
  /** Nothing arrives any more, in either direction, until it is healed. */
  isPartitioned: boolean;
  /** The chance that a frame is lost, repeated or altered on its way. */
  badness: number;
}

/** Creates a network in which frames arrive in order, some milliseconds late. */
export function createSimulatedNetwork(time: VirtualTime, chance: Chance): SimulatedNetwork {
  let latest = 0;
  const network: SimulatedNetwork = {
    isPartitioned: false,
    badness: 0,
    transport: createMemoryTransport({
      deliver: (frame) => (network.isPartitioned ? [] : arrivals(frame, network.badness, chance)),
      schedule: (arrival) => {
        latest = Math.max(latest, time.elapsed + chance.below(20));
        time.after(latest - time.elapsed, arrival);
      },
    }),
  };
  return network;
}

function arrivals({ bytes }: MemoryFrame, badness: number, chance: Chance): readonly Uint8Array[] {
  if (!chance.happens(badness)) return [bytes];
  const altered = bytes.slice();
  const at = chance.below(altered.length);
  altered[at] = (altered[at] ?? 0) ^ (1 << chance.below(8));
  return chance.pick([[], [bytes, bytes], [altered], [altered, bytes]]);
}

/** The network as one process sees it: with the process everything of it is gone, without a goodbye. */
// oxlint-disable-next-line max-lines-per-function -- four sockets, guarded alike
export function createProcessTransport(transport: Transport): { readonly transport: Transport; stop(): void } {
  let isAlive = true;
  const closing: (() => Promise<void>)[] = [];
  const whileAlive =
    <Given extends unknown[]>(handle: (...given: Given) => void) =>
    (...given: Given): void => {
      if (isAlive) handle(...given);
    };
  const own: Transport = {
    async bindRouter(address) {
      const router = await transport.bindRouter(address);
      closing.push(() => router.close());
      return {
        ...router,
        receive: (onFrame) => router.receive(whileAlive(onFrame)),
        send: async (peer, frame) => (isAlive ? router.send(peer, frame) : 'gone'),
      };
    },
    async bindPublisher(address) {
      const publisher = await transport.bindPublisher(address);
      closing.push(() => publisher.close());
      return {
        ...publisher,
        send: async (frame) => {
          if (isAlive) await publisher.send(frame);
        },
      };
    },
    connectDealer(address, given) {
      const events = {
        onOpen: whileAlive((host: string) => given.onOpen(host)),
        onFrame: whileAlive((frame: Uint8Array) => given.onFrame(frame)),
        onClose: whileAlive((reason: string) => given.onClose(reason)),
      };
      const dealer = transport.connectDealer(address, events);
      closing.push(() => dealer.close());
      return { ...dealer, send: async (frame) => (isAlive ? dealer.send(frame) : 'gone') };
    },
    connectSubscriber(address, given) {
      const events = {
        onOpen: whileAlive(() => given.onOpen()),
        onFrame: whileAlive((frame: Uint8Array) => given.onFrame(frame)),
        onClose: whileAlive(() => given.onClose()),
      };
      const subscriber = transport.connectSubscriber(address, events);
      closing.push(() => subscriber.close());
      return subscriber;
    },
  };
  return {
    transport: own,
    stop: () => {
      isAlive = false;
      for (const close of closing) void close();
    },
  };
}
