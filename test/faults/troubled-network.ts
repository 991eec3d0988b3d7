import { connect, createServer, type Server, type Socket } from 'node:net';

/** A network between minions and their master: everything passes it, until it is told otherwise. */
export interface TroubledNetwork {
  /** Holds back what goes to the master, to the minions, or both; new connections stand but carry nothing. */
  hold(way: 'to-master' | 'to-minion' | 'both'): void;
  /** Lets pass again, what was held back first. */
  heal(): void;
  /** Breaks every connection, as a router that was restarted. */
  cut(): void;
  /** Ends the direction from the master of every connection; the other one stays. */
  halfClose(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly minion: Socket;
  readonly master: Socket;
}

/** Listens on the same ports of another address of this machine as the master does, and hands on to it. */
export async function createTroubledNetwork(address: string, ports: readonly number[]): Promise<TroubledNetwork> {
  const pairs = new Set<Pair>();
  const held = { 'to-master': false, 'to-minion': false };
  const settle = ({ minion, master }: Pair): void => {
    minion[held['to-master'] ? 'pause' : 'resume']();
    master[held['to-minion'] ? 'pause' : 'resume']();
  };
  const servers = await Promise.all(
    ports.map(async (port) => listenOn(address, port, (minion) => carry(minion, port))),
  );

  function carry(minion: Socket, port: number): void {
    const master = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    const pair = { minion, master };
    pairs.add(pair);
    hand(minion, master, () => held['to-master']);
    hand(master, minion, () => held['to-minion']);
    for (const socket of [minion, master]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        minion.destroy();
        master.destroy();
      });
    }
    settle(pair);
  }

  return {
    hold(way) {
      if (way !== 'to-minion') held['to-master'] = true;
      if (way !== 'to-master') held['to-minion'] = true;
      pairs.forEach(settle);
    },
    heal() {
      held['to-master'] = false;
      held['to-minion'] = false;
      pairs.forEach(settle);
    },
    cut: () => pairs.forEach(({ minion, master }) => [minion, master].forEach((socket) => socket.resetAndDestroy())),
    halfClose: () => pairs.forEach(({ minion }) => minion.end()),
    async close() {
      for (const { minion } of pairs) minion.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
    },
  };
}

/** What one end says goes to the other; an end of it too. */
function hand(from: Socket, to: Socket, isHeld: () => boolean): void {
  from.on('data', (bytes) => {
    if (to.writable && !to.write(bytes)) from.pause();
  });
  to.on('drain', () => {
    if (!isHeld()) from.resume();
  });
  from.on('end', () => void to.end());
}

async function listenOn(address: string, port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, onConnection);
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, address, resolve));
  return server;
}
