import diagnostics from 'node:diagnostics_channel';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';

/** Functions that ask a server by themselves. */
export const asksServers = /^(http\.|network\.(connect|wol|fqdns)$|dnsutil\.A|redis\.|docker|smtp\.|sdb\.|vault\.)/;

/** A server of the test that answers what it is told to. */
export interface StandIn {
  readonly port: number;
  /** What it answers from now on. */
  answer(content: string | Buffer, status?: number): void;
  /** The paths that were asked for since the last call. */
  asked(): readonly string[];
  close(): Promise<void>;
}

/** A web server, or a Docker daemon. */
export async function startWebStandIn(): Promise<StandIn> {
  let next: { readonly content: string | Buffer; readonly status: number } = { content: '{}', status: 200 };
  const paths: string[] = [];
  const server = http.createServer((request, response) => {
    paths.push(request.url ?? '');
    request.resume();
    request.on('end', () => response.writeHead(next.status, { connection: 'close' }).end(next.content));
  });
  return {
    ...(await listen(server)),
    answer: (content, status = 200) => {
      next = { content, status };
    },
    asked: () => paths.splice(0),
  };
}

/** A server of lines, such as Redis: it answers whatever comes with the same, and a mark of a command by that again. */
export async function startLineStandIn(greeting = ''): Promise<StandIn> {
  let next: string | Buffer = '+OK\r\n';
  const server = net.createServer((socket) => {
    if (greeting !== '') socket.write(greeting);
    socket.on('error', () => {});
    socket.on('data', () => socket.end(next));
  });
  return {
    ...(await listen(server)),
    answer: (content) => {
      next = content;
    },
    asked: () => [],
  };
}

async function listen(server: net.Server): Promise<Pick<StandIn, 'port' | 'close'>> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The addresses beyond this machine that sockets of this process try to reach, until it is closed. */
export function watchConnections(): { readonly far: readonly string[]; close(): void } {
  const far: string[] = [];
  const onSocket = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    socket.on('connectionAttempt', (address: string) => {
      if (!/^(127\.|::1$|::ffff:127\.|0\.0\.0\.0$|::$)/.test(address)) far.push(address);
    });
  };
  diagnostics.subscribe('net.client.socket', onSocket);
  return { far, close: () => diagnostics.unsubscribe('net.client.socket', onSocket) };
}

/** What a server may answer with that is no answer. */
export const strangeJson: readonly string[] = [
  ...['null', '[]', '{}', '"text"', '7', 'true', '[null]', '[{}]', '[7]', '[[]]', '{"Id":null}', '{"message":7}'],
  ...['', '<html>', '{', '\0', '{"error":{"a":1}}', '{"error":null}', '{"Config":7,"State":[],"Mounts":{},"Name":7}'],
  ...['{"NetworkSettings":null,"HostConfig":"x","Containers":[],"Volumes":{},"Images":7,"RepoTags":null}'],
];

/** The same for Redis. */
export const strangeReplies: readonly string[] = [
  ...['+OK\r\n', '+\r\n', '-ERR no\r\n', '-\r\n', ':7\r\n', ':x\r\n', '$-1\r\n', '*0\r\n', '*-1\r\n', '$3\r\nabc\r\n'],
  ...['*2\r\n$1\r\na\r\n:3\r\n', '*1\r\n*1\r\n$-1\r\n', '*2\r\n$-1\r\n$-1\r\n', '*1000000000\r\n', '$99999999999\r\n'],
  ...[
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    '\0\xff',
    '',
    '\r\n',
    '$x\r\n',
    '*x\r\n',
    '$-7\r\n',
    '%1\r\n+a\r\n+b\r\n',
    '_\r\n',
  ],
];
