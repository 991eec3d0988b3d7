import { busError } from './bus-error.ts';
import type {
  ConnectAddress,
  DealerEvents,
  DealerSocket,
  PeerHandle,
  RouterSocket,
  SendOutcome,
  SubscriberEvents,
  Transport,
} from './transport.ts';

/** A frame on its way through a {@link MemoryTransport}. */
export interface MemoryFrame {
  readonly from: 'master' | 'minion';
  readonly channel: 'session' | 'broadcast';
  /** Names the connection, in the order of opening: `peer-1`, `peer-2` …; for a broadcast its port: `port-40001`. */
  readonly connection: PeerHandle;
  readonly bytes: Uint8Array;
}

/** How a {@link MemoryTransport} behaves. */
export interface MemoryTransportOptions {
  /**
   * What arrives in place of a frame: nothing, the same, another, or several. An attacker in tests, a lossy network in the
   * simulator.
   */
  deliver?(frame: MemoryFrame): readonly Uint8Array[];
  /** Runs the arrival of a frame or the opening or closing of a connection; in the order of the calls, soon, unless told. */
  schedule?(arrival: () => void): void;
}

/** A network in one process: deterministic, and open to whoever wants to listen in or break it. */
export interface MemoryTransport extends Transport {
  /** Puts bytes into an open connection as if one side had sent them. */
  inject(frame: MemoryFrame): void;
  /** Breaks connections, all or one, as a cut cable with a reset would. */
  cut(connection?: PeerHandle): void;
  /** The connections that are open now. */
  connections(): readonly PeerHandle[];
}

interface Connection {
  readonly events: DealerEvents;
  readonly router: Router;
  isOpen: boolean;
}

interface Router {
  readonly early: { readonly peer: PeerHandle; readonly frame: Uint8Array }[];
  onFrame: ((peer: PeerHandle, frame: Uint8Array) => void) | undefined;
  isOpen: boolean;
}

interface Subscription {
  readonly port: number;
  readonly events: SubscriberEvents;
  isOpen: boolean;
}

/** Makes a network in memory, to be shared by the master and the minions of a test or a simulation. */
export function createMemoryTransport(options: MemoryTransportOptions = {}): MemoryTransport {
  return new MemoryNetwork(options);
}

class MemoryNetwork implements MemoryTransport {
  readonly #options: MemoryTransportOptions;
  readonly #routers = new Map<number, Router>();
  readonly #publishers = new Set<number>();
  readonly #connections = new Map<PeerHandle, Connection>();
  readonly #subscriptions = new Set<Subscription>();
  #nextPort = 40_000;
  #nextConnection = 1;

  constructor(options: MemoryTransportOptions) {
    this.#options = options;
  }

  bindRouter: Transport['bindRouter'] = async (address) => {
    const port = this.#takePort(address.port);
    const router: Router = { early: [], onFrame: undefined, isOpen: true };
    this.#routers.set(port, router);
    return {
      port,
      receive: (onFrame) => {
        router.onFrame = onFrame;
        for (const { peer, frame } of router.early.splice(0)) onFrame(peer, frame);
      },
      send: async (peer, frame) => this.#send('master', peer, frame),
      close: async () => this.#closeRouter(port, router),
    } satisfies RouterSocket;
  };

  bindPublisher: Transport['bindPublisher'] = async (address) => {
    const port = this.#takePort(address.port);
    this.#publishers.add(port);
    this.#eachSubscription(port, (subscription) => subscription.events.onOpen());
    return {
      port,
      send: async (bytes) => this.inject({ from: 'master', channel: 'broadcast', connection: `port-${port}`, bytes }),
      close: async () => {
        this.#publishers.delete(port);
        this.#eachSubscription(port, (subscription) => subscription.events.onClose());
      },
    };
  };

  connectDealer(address: ConnectAddress, events: DealerEvents): DealerSocket {
    const router = this.#routers.get(address.port);
    const handle = `peer-${this.#nextConnection}`;
    this.#nextConnection += 1;
    let isWanted = true;
    this.#schedule(() => {
      if (!isWanted) return undefined;
      if (router?.isOpen !== true) return events.onClose('refused');
      this.#connections.set(handle, { events, router, isOpen: true });
      return events.onOpen(address.host);
    });
    return {
      send: async (frame) => this.#send('minion', handle, frame),
      close: async () => {
        isWanted = false;
        const connection = this.#connections.get(handle);
        if (connection !== undefined) connection.isOpen = false;
        this.#schedule(() => this.#connections.delete(handle));
      },
    };
  }

  connectSubscriber(address: ConnectAddress, events: SubscriberEvents): { close(): Promise<void> } {
    const subscription: Subscription = { port: address.port, events, isOpen: true };
    this.#subscriptions.add(subscription);
    this.#schedule(() => {
      if (subscription.isOpen && this.#publishers.has(address.port)) events.onOpen();
    });
    return {
      close: async () => {
        subscription.isOpen = false;
        this.#subscriptions.delete(subscription);
      },
    };
  }

  inject(frame: MemoryFrame): void {
    const arrivals = this.#options.deliver?.(frame) ?? [frame.bytes];
    // Copies, because a real network shares no memory with its sender either.
    for (const bytes of arrivals.map((arrival) => arrival.slice())) this.#schedule(() => this.#arrive(frame, bytes));
  }

  cut(only?: PeerHandle): void {
    for (const [handle, connection] of this.#connections) {
      if (only !== undefined && only !== handle) continue;
      this.#connections.delete(handle);
      this.#schedule(() => {
        if (connection.isOpen) connection.events.onClose('cut');
        connection.isOpen = false;
      });
    }
  }

  connections(): readonly PeerHandle[] {
    return [...this.#connections.keys()];
  }

  #send(from: 'master' | 'minion', handle: PeerHandle, bytes: Uint8Array): SendOutcome {
    const connection = this.#connections.get(handle);
    if (connection?.isOpen !== true || !connection.router.isOpen) return 'gone';
    this.inject({ from, channel: 'session', connection: handle, bytes });
    return 'sent';
  }

  #arrive(frame: MemoryFrame, bytes: Uint8Array): void {
    if (frame.channel === 'broadcast') {
      for (const { port, events } of this.#subscriptions)
        if (frame.connection === `port-${port}`) events.onFrame(bytes);
      return;
    }
    const connection = this.#connections.get(frame.connection);
    if (connection === undefined) return;
    if (frame.from === 'master') {
      if (connection.isOpen) connection.events.onFrame(bytes);
      return;
    }
    const { router } = connection;
    if (router.onFrame === undefined) router.early.push({ peer: frame.connection, frame: bytes });
    else if (router.isOpen) router.onFrame(frame.connection, bytes);
  }

  #closeRouter(port: number, router: Router): void {
    if (this.#routers.get(port) === router) this.#routers.delete(port);
    // What was sent before still arrives, and then the connections close.
    this.#schedule(() => {
      router.isOpen = false;
      for (const [handle, connection] of this.#connections) if (connection.router === router) this.cut(handle);
    });
  }

  #eachSubscription(port: number, tell: (subscription: Subscription) => void): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.port === port) this.#schedule(() => subscription.isOpen && tell(subscription));
    }
  }

  #takePort(wanted: number): number {
    const port = wanted === 0 ? this.#nextPort : wanted;
    if (wanted === 0) this.#nextPort += 1;
    if (this.#routers.has(port) || this.#publishers.has(port)) {
      throw busError('bus-address-in-use', `port ${port} is taken`);
    }
    return port;
  }

  #schedule(arrival: () => void): void {
    if (this.#options.schedule === undefined) queueMicrotask(arrival);
    else this.#options.schedule(arrival);
  }
}
