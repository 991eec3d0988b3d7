import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { minionError } from '../errors.ts';

/** Who stands in the queue for the state lock. */
export interface LockHolder {
  readonly pid: number;
  /** The function that runs states, e.g. `state.apply`. */
  readonly fun: string;
  readonly jid: string;
}

/** A place in the queue: it lives exactly as long as the process that drew it. */
export interface Ticket {
  readonly name: string;
  withdraw(): Promise<void>;
}

/**
 * Tickets are listening Unix sockets in one folder: the kernel closes them with their process, however it ends, so a
 * ticket that refuses connections is dead and may be cleared away by anyone. Names are never used twice.
 */
export interface TicketStore {
  draw(holder: LockHolder): Promise<Ticket>;
  /** All tickets there are, dead ones included, in the order of their turn. */
  list(): Promise<readonly string[]>;
  read(name: string): Promise<LockHolder | undefined>;
  /** Resolves with `true` when the ticket's process let go of it, with `false` at once when it is dead already. */
  waitFor(name: string, signal: AbortSignal): Promise<boolean>;
  isAlive(name: string): Promise<boolean>;
  clear(name: string): Promise<void>;
}

const namePattern = /^(\d{12})-[0-9a-f]{16}$/;

// Short enough for a socket address in whatever folder the cache is.
const addressLimit = 100;

/** Tickets in `directory`, which is created when it is missing. */
export async function openTicketStore(directory: string): Promise<TicketStore> {
  try {
    await fs.mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw minionError('lock-unusable', `the folder of the state lock, ${directory}, cannot be created`, { cause });
  }
  return {
    draw: (holder) => drawTicket(directory, holder),
    list: () => listTickets(directory),
    read: (name) => readHolder(path.join(directory, `${name}.holder`)),
    waitFor: (name, signal) => withAddress(directory, name, (address) => waitForEnd(address, signal)),
    isAlive: (name) => withAddress(directory, name, isListening),
    clear: async (name) => {
      await fs.rm(path.join(directory, name), { force: true });
      await fs.rm(path.join(directory, `${name}.holder`), { force: true });
    },
  };
}

async function drawTicket(directory: string, holder: LockHolder): Promise<Ticket> {
  const taken = await listTickets(directory);
  const highest = Number(taken.at(-1)?.slice(0, 12) ?? 0);
  const identity = randomBytes(8).toString('hex');
  const name = `${String(highest + 1).padStart(12, '0')}-${identity}`;
  await fs.writeFile(path.join(directory, `${name}.holder`), JSON.stringify(holder), { mode: 0o600 });
  // Bound under another name first: a socket that exists but does not listen yet would look dead.
  const unborn = `new-${identity}`;
  const server = net.createServer((socket) => socket.on('error', () => socket.destroy()));
  const connections = new Set<net.Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  server.unref();
  await withAddress(directory, unborn, (address) => listen(server, address));
  await fs.rename(path.join(directory, unborn), path.join(directory, name));
  return {
    name,
    withdraw: async () => {
      await fs.rm(path.join(directory, name), { force: true });
      await fs.rm(path.join(directory, `${name}.holder`), { force: true });
      for (const socket of connections) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function listTickets(directory: string): Promise<string[]> {
  const names = await fs.readdir(directory);
  return names.filter((name) => namePattern.test(name)).toSorted();
}

async function readHolder(file: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await fs.readFile(file, 'utf8')) as LockHolder;
  } catch {
    // Cleared between listing and reading: nobody stands there any more.
    return undefined;
  }
}

/** Socket addresses end at 107 bytes; a longer path is reached through an open descriptor of its folder. */
async function withAddress<Result>(
  directory: string,
  name: string,
  use: (address: string) => Promise<Result>,
): Promise<Result> {
  const address = path.join(directory, name);
  if (Buffer.byteLength(address) <= addressLimit) return use(address);
  const handle = await fs.open(directory, 'r');
  try {
    return await use(`/proc/self/fd/${handle.fd}/${name}`);
  } finally {
    await handle.close();
  }
}

function listen(server: net.Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(minionError('lock-unusable', `the state lock cannot be taken: ${cause.message}`, { cause }));
    });
    server.listen(address, () => resolve());
  });
}

function isListening(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function waitForEnd(address: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(address);
    let connected = false;
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => (connected = true));
    // The end of the connection is the news; how it ended does not matter.
    socket.on('error', () => {});
    socket.resume();
    socket.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(connected);
    });
  });
}
