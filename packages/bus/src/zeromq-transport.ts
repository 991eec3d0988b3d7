import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { Context, Dealer, Router, Subscriber, XPublisher } from 'zeromq';
import { protocolLimits } from './protocol-limits.ts';
import { busError } from './bus-error.ts';
import type {
  ConnectAddress,
  DealerEvents,
  DealerSocket,
  ListenAddress,
  PublisherSocket,
  RouterSocket,
  SendOutcome,
  SubscriberEvents,
  SubscriberSocket,
  Transport,
} from './transport.ts';

type ZeromqSocket = Dealer | Router | Subscriber | XPublisher;

// As many as ZeroMQ can: a connection of a minion takes four, its monitors included, and the default is 1023.
const mostSockets = 65_535;
// Long enough for a goodbye to leave, short enough for a stop not to be felt.
const lingerMilliseconds = 250;
const connectMilliseconds = 5_000;
// Frames that wait for one slow peer in ZeroMQ itself; more wait in the session's outbox, which is bounded in bytes.
const waitingFrames = 128;
const waitingBroadcasts = 1_000;
// What the publisher sends to each new subscription, so that the subscriber knows that it stands. Not a frame.
const welcome = 'welcome';

const common = { maxMessageSize: protocolLimits.frameBytes, tcpKeepalive: 1, tcpKeepaliveIdle: 60 } as const;

/** The transport over ZeroMQ and TCP. */
export function createZeromqTransport(): Transport {
  const context = new Context({ maxSockets: mostSockets });
  return {
    bindRouter: (address) => bindRouter(context, address),
    bindPublisher: (address) => bindPublisher(context, address),
    connectDealer: (address, events) => connectDealer(context, address, events),
    connectSubscriber: (address, events) => connectSubscriber(context, address, events),
  };
}

async function bindRouter(context: Context, address: ListenAddress): Promise<RouterSocket> {
  const socket = new Router({
    ...common,
    context,
    ipv6: isIPv6(address.interface),
    mandatory: true,
    sendTimeout: 0,
    linger: lingerMilliseconds,
    sendHighWaterMark: waitingFrames,
    backlog: 1_024,
    handshakeInterval: 10_000,
  });
  await bind(socket, address);
  return {
    port: portOf(socket),
    receive: (onFrame) => {
      void receiveAll(socket, (parts) => {
        const [peer, frame] = parts;
        // A frame of several parts is none of ours; an empty one makes the bus count it as malformed.
        if (peer !== undefined)
          onFrame(peer.toString('latin1'), parts.length === 2 && frame ? frame : new Uint8Array());
      });
    },
    send: (peer, frame) => sendFrame(socket, [Buffer.from(peer, 'latin1'), frame]),
    close: () => closeListener(socket),
  };
}

async function bindPublisher(context: Context, address: ListenAddress): Promise<PublisherSocket> {
  const socket = new XPublisher({
    ...common,
    context,
    ipv6: isIPv6(address.interface),
    linger: lingerMilliseconds,
    sendHighWaterMark: waitingBroadcasts,
    backlog: 1_024,
    handshakeInterval: 10_000,
  });
  socket.welcomeMessage = welcome;
  await bind(socket, address);
  // Subscriptions turn up as messages; they mean nothing, but nobody else takes them away.
  void receiveAll(socket, () => {});
  return {
    port: portOf(socket),
    send: async (frame) => {
      await sendFrame(socket, [frame]);
    },
    close: () => closeListener(socket),
  };
}

function connectDealer(context: Context, address: ConnectAddress, events: DealerEvents): DealerSocket {
  let socket: Dealer | undefined;
  let isClosed = false;

  const closeBecause = (reason: string): void => {
    if (isClosed) return;
    isClosed = true;
    socket?.close();
    events.onClose(reason);
  };

  const tryEach = ([host, ...others]: readonly string[]): void => {
    if (isClosed) return;
    if (host === undefined) return closeBecause(`cannot connect to ${address.host} port ${address.port}`);
    try {
      socket = openDealer(context, endpoint(host, address.port), {
        onOpen: () => events.onOpen(host),
        onFrame: (frame) => isClosed || events.onFrame(frame),
        onClose: (wasOpen) => (wasOpen ? closeBecause('connection closed') : tryEach(others)),
      });
    } catch (error) {
      closeBecause(`cannot open a socket: ${messageOf(error)}`);
    }
  };

  void resolveHost(address.host).then((hosts) => {
    if (hosts.length > 0) tryEach(hosts);
    else closeBecause(`cannot resolve ${address.host}`);
  });

  return {
    send: async (frame) => (socket === undefined || isClosed ? 'gone' : sendFrame(socket, [frame])),
    close: async () => {
      isClosed = true;
      if (socket !== undefined) await closeSocket(socket);
    },
  };
}

function openDealer(
  context: Context,
  to: string,
  events: { onOpen(): void; onFrame(frame: Uint8Array): void; onClose(wasOpen: boolean): void },
): Dealer {
  const dealer = new Dealer({
    ...common,
    context,
    ipv6: true,
    immediate: true,
    sendTimeout: 0,
    linger: lingerMilliseconds,
    sendHighWaterMark: waitingFrames,
    reconnectInterval: -1,
    connectTimeout: connectMilliseconds,
    handshakeInterval: connectMilliseconds,
  });
  let isOpen = false;
  let isOver = false;
  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    if (!dealer.closed) dealer.close();
    events.onClose(isOpen);
  };
  dealer.events.on('handshake', () => {
    isOpen = true;
    events.onOpen();
  });
  for (const event of ['close', 'disconnect', 'handshake:error:protocol', 'handshake:error:other'] as const) {
    dealer.events.on(event, finish);
  }
  dealer.connect(to);
  void receiveAll(dealer, ([frame]) => frame !== undefined && events.onFrame(frame));
  return dealer;
}

function connectSubscriber(context: Context, address: ConnectAddress, events: SubscriberEvents): SubscriberSocket {
  let socket: Subscriber;
  try {
    socket = openSubscriber(context, endpoint(address.host, address.port), events);
  } catch {
    // Out of sockets or file descriptors. A minion that never hears a broadcast gets everything through its session.
    return { close: async () => {} };
  }
  return { close: () => closeSocket(socket) };
}

function openSubscriber(context: Context, to: string, events: SubscriberEvents): Subscriber {
  const socket = new Subscriber({
    ...common,
    context,
    ipv6: true,
    linger: 0,
    receiveHighWaterMark: waitingBroadcasts,
    reconnectInterval: 500,
    reconnectMaxInterval: 10_000,
  });
  socket.events.on('disconnect', () => events.onClose());
  socket.subscribe();
  socket.connect(to);
  void receiveAll(socket, ([frame]) => {
    if (frame?.toString('latin1') === welcome) events.onOpen();
    else if (frame !== undefined) events.onFrame(frame);
  });
  return socket;
}

async function sendFrame(socket: Dealer | Router | XPublisher, parts: Uint8Array[]): Promise<SendOutcome> {
  try {
    await socket.send(parts);
    return 'sent';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EAGAIN' ? 'full' : 'gone';
  }
}

async function receiveAll(
  socket: AsyncIterable<readonly Buffer[]>,
  onMessage: (parts: readonly Buffer[]) => unknown,
): Promise<void> {
  try {
    for await (const parts of socket) onMessage(parts);
  } catch {
    // The socket was closed while it waited; there is nothing left to read.
  }
}

async function bind(socket: Router | XPublisher, { interface: host, port }: ListenAddress): Promise<void> {
  try {
    await socket.bind(endpoint(host, port));
  } catch (error) {
    socket.close();
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (isTaken) throw busError('bus-address-in-use', `port ${port} on ${host} is taken by another process`, error);
    throw busError('bus-address-unusable', `cannot listen on ${host} port ${port}: ${messageOf(error)}`, error);
  }
}

function portOf(socket: ZeromqSocket): number {
  return Number(/:(\d+)$/.exec(socket.lastEndpoint ?? '')?.[1]);
}

async function resolveHost(host: string): Promise<readonly string[]> {
  try {
    const addresses = await lookup(host, { all: true });
    return addresses.map(({ address }) => address);
  } catch {
    return [];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function endpoint(host: string, port: number): string {
  return `tcp://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/**
 * Resolves when the port is free, which is some time after the closing. Not by unbinding first: zeromq.js does that
 * in another thread, and libzmq aborts the process when a frame comes in at the same moment.
 */
async function closeListener(socket: Router | XPublisher): Promise<void> {
  if (socket.closed) return;
  const freed = new Promise<void>((resolve) => socket.events.on('end', () => resolve()));
  socket.close();
  await freed;
}

async function closeSocket(socket: ZeromqSocket): Promise<void> {
  if (!socket.closed) socket.close();
}
