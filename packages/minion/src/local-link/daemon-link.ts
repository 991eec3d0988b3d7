import net from 'node:net';
import type { MasterLink } from '../call/master-link.ts';
import { minionError } from '../errors.ts';
import { fromWireError } from '../worker/wire-error.ts';
import type { WireError } from '../worker/worker-messages.ts';
import { frameSocket } from './link-frames.ts';

/** A link through the daemon that runs on this machine. */
export interface DaemonLink extends MasterLink {
  close(): void;
}

interface Waiting {
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly request: number;
  readonly body?: Uint8Array;
  readonly error?: WireError;
}

/** Connects to the daemon's socket; `undefined` when no daemon listens there or this user may not use it. */
export async function connectDaemonLink(file: string): Promise<DaemonLink | undefined> {
  const socket = net.connect(file);
  const isConnected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  if (!isConnected) return undefined;
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const framed = frameSocket(socket, (message) => {
    const { request, body, error } = message as Answer;
    const asked = waiting.get(request);
    waiting.delete(request);
    if (error !== undefined) asked?.reject(fromWireError(error));
    else asked?.resolve(body ?? new Uint8Array());
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(minionError('link-broken', 'the minion daemon went away'));
    waiting.clear();
  });
  return {
    request: (verb, body) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(minionError('link-broken', 'the minion daemon went away'));
        last += 1;
        waiting.set(last, { resolve, reject });
        framed.send({ request: last, verb, body });
      }),
    close: () => framed.close(),
  };
}
