import type { Socket } from 'node:net';
import { decodeMessage, encodeMessage } from '@brine/common';
import { minionError } from '../errors.ts';

/** Messages over a local socket, each behind its length as four bytes. */
export interface FramedSocket {
  send(message: unknown): void;
  close(): void;
}

const maximumLength = 64 * 1024 * 1024;

/** Reads and writes whole messages on a socket; a frame that is too long ends it. */
export function frameSocket(socket: Socket, onMessage: (message: unknown) => void): FramedSocket {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 4) {
      const length = pending.readUInt32BE(0);
      if (length > maximumLength) {
        socket.destroy(minionError('link-broken', 'a message on the local socket is too long'));
        return;
      }
      if (pending.length < 4 + length) return;
      const message = new Uint8Array(pending.subarray(4, 4 + length));
      pending = pending.subarray(4 + length);
      onMessage(decodeMessage(message));
    }
  });
  return {
    send: (message) => {
      const bytes = encodeMessage(message);
      const head = Buffer.alloc(4);
      head.writeUInt32BE(bytes.length);
      socket.write(Buffer.concat([head, bytes]));
    },
    close: () => socket.destroy(),
  };
}
