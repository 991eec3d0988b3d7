import { chmod, mkdir, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { AppError } from '@brine/common';
import type { FastifyInstance } from 'fastify';

/**
 * Makes a control surface listen on a Unix socket that only its owner can reach (0600 in a 0700 folder). A socket file
 * that nobody listens on is replaced; one in use throws `socket-in-use`.
 */
export async function listenOnSocket(server: FastifyInstance, path: string): Promise<void> {
  if (await isAnswering(path)) {
    throw new AppError({ code: 'socket-in-use', message: `another master is running: it listens on ${path}` });
  }
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await unlink(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await listenPrivately(server, path);
    await chmod(path, 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError({ code: 'socket-unusable', message: `cannot listen on ${path}: ${reason}`, cause: error });
  }
}

/** The socket must not be open to others even for the moment before `chmod`. */
async function listenPrivately(server: FastifyInstance, path: string): Promise<void> {
  const before = process.umask(0o177);
  try {
    await server.listen({ path });
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
