import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What is wrong with a server: how it answers once it has heard of a request. */
export type Trouble = 'is silent' | 'stalls' | 'trickles' | 'has no end' | 'goes in circles' | 'breaks off';

/** A web server on 127.0.0.1 that is no help. */
export interface TroubledServer {
  readonly port: number;
  /** Settles when somebody asked something. */
  readonly asked: Promise<void>;
  /** Settles when nobody is connected any more. */
  deserted(): Promise<void>;
  close(): Promise<void>;
}

const length = 1_000_000;
const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

const answers: Readonly<Record<Trouble, (socket: Socket, port: number) => void>> = {
  'is silent': () => {},
  stalls: (socket) => void socket.write(`${head}{"a":`),
  trickles: (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write('1'), 20);
    socket.on('close', () => clearInterval(timer));
  },
  'has no end': (socket) => {
    socket.write(head.replace(`Content-Length: ${length}`, 'Connection: close'));
    const part = Buffer.alloc(65_536, '1');
    const pour = (): void => {
      while (!socket.destroyed && socket.write(part));
    };
    socket.on('drain', pour);
    pour();
  },
  'goes in circles': (socket, port) =>
    void socket.end(`HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:${port}/\r\nContent-Length: 0\r\n\r\n`),
  'breaks off': (socket) => void socket.end(`${head}{"a":`),
};

/** Starts a server with some trouble. */
export async function startTroubledServer(trouble: Trouble): Promise<TroubledServer> {
  const open = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let tell: () => void;
  const asked = new Promise<void>((resolve) => (tell = resolve));
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      if (open.size === 0) for (const wake of waiting.splice(0)) wake();
    });
    socket.once('data', () => {
      answers[trouble](socket, (server.address() as AddressInfo).port);
      tell();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    deserted: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
