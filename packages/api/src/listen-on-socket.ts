import { chmod, lchown, mkdir, unlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { AppError, type Value } from '@brine/common';
import type { FastifyInstance } from 'fastify';
import { markDoor, type Door } from './door.ts';

/**
 * Makes a control surface listen on a Unix socket that only its owner can reach (0600 in a 0700 folder). A socket file
 * that nobody listens on is replaced; one in use throws `socket-in-use`.
 */
export async function listenOnSocket(server: FastifyInstance, path: string): Promise<void> {
  await refuseSecond(path);
  markDoor(server.server, { kind: 'owner' });
  await prepare(path, 0o700, async () => {
    await withUmask(0o177, async () => server.listen({ path }));
    await chmod(path, 0o600);
  });
}

/** Throws `socket-in-use` when somebody answers on a Unix socket; called before anything is begun that a second master must not do. */
export async function refuseSecond(path: string): Promise<void> {
  if (!(await isAnswering(path))) return;
  throw new AppError({ code: 'socket-in-use', message: `another master is running: it listens on ${path}` });
}

/** A socket beside the master's own. */
export interface SideSocket {
  readonly path: string;
  readonly close: () => Promise<void>;
}

/** For whom a side socket is: one local user, or everybody, who then has to log in. */
export type SideDoor =
  | { readonly user: string; readonly uid: number; readonly permissions: readonly Value[] }
  | 'everybody';

/**
 * Makes a control surface listen on a further Unix socket, in a folder that everybody can enter and nobody else can write.
 * That of a user belongs to the user (0600), so that the kernel itself lets nobody else connect; this needs root. Throws
 * `socket-unusable`.
 */
export async function listenOnSideSocket(surface: FastifyInstance, path: string, side: SideDoor): Promise<SideSocket> {
  const isOpen = side === 'everybody';
  const door: Door = isOpen
    ? { kind: 'public', isEncrypted: true }
    : { kind: 'user', user: side.user, permissions: side.permissions };
  await surface.ready();
  const server = createServer((request, response) => surface.routing(request, response));
  markDoor(server, door);
  server.on('upgrade', (...upgrade) => surface.server.emit('upgrade', ...upgrade));
  await prepare(path, 0o711, async () => {
    await withUmask(isOpen ? 0o111 : 0o177, async () => {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, resolve);
      });
    });
    if (!isOpen) await lchown(path, side.uid, 0);
  });
  return { path, close: async () => closeServer(server) };
}

/** Ends a server and every connection to it. */
export async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function prepare(path: string, mode: number, work: () => Promise<void>): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode });
    // Its parents were made or found before; they keep the mode they have.
    await chmod(dirname(path), mode);
    await unlink(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError({ code: 'socket-unusable', message: `cannot listen on ${path}: ${reason}`, cause: error });
  }
}

/** The socket must not be open to others even for the moment before `chmod`. */
async function withUmask(mask: number, work: () => Promise<unknown>): Promise<void> {
  const before = process.umask(mask);
  try {
    await work();
  } finally {
    process.umask(before);
  }
}

async function isAnswering(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
