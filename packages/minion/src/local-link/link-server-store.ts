import fs from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { Logger } from '@brine/common';
import { toWireError } from '../worker/wire-error.ts';
import { frameSocket } from './link-frames.ts';

/** The door through which a `salt-call` beside a running daemon reaches the master. */
export interface LinkServer {
  close(): Promise<void>;
}

/**
 * Listens on the Unix socket at `file`, which only the daemon's own user can open, and has each request answered.
 * A socket that a dead daemon left is taken over.
 */
export async function serveLink(
  file: string,
  answer: (verb: string, body: Uint8Array) => Promise<Uint8Array>,
  logger: Logger,
): Promise<LinkServer> {
  await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await fs.rm(file, { force: true });
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const framed = frameSocket(socket, (message) => {
      void answerOne(message, answer, logger).then((reply) => framed.send(reply));
    });
  });
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(file, resolve);
    });
  } finally {
    process.umask(mask);
  }
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface LinkRequest {
  readonly request: number;
  readonly verb: string;
  readonly body: Uint8Array;
}

async function answerOne(
  message: unknown,
  answer: (verb: string, body: Uint8Array) => Promise<Uint8Array>,
  logger: Logger,
): Promise<object> {
  const { request, verb, body } = message as LinkRequest;
  try {
    return { request, body: await answer(String(verb), body) };
  } catch (error) {
    logger.debug('local request failed', { verb, error });
    return { request, error: toWireError(error) };
  }
}
