import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Value } from '@brine/common';

/**
 * The way a connection came in, which is a fact of the operating system. `owner`: the master's own socket; `user`: a
 * socket that one local user alone can reach; `public`: anybody, who has to say who it is.
 */
export type Door =
  | { readonly kind: 'owner' }
  | { readonly kind: 'user'; readonly user: string; readonly permissions: readonly Value[] }
  | { readonly kind: 'public'; readonly isEncrypted: boolean };

const doors = new WeakMap<Socket, Door>();

/** Marks everything that connects to a server as having come by a door. */
export function markDoor(server: Pick<HttpServer, 'on'>, door: Door): void {
  server.on('connection', (socket: Socket) => doors.set(socket, door));
  server.on('secureConnection', (socket: Socket) => doors.set(socket, door));
}

/** The door a connection came by; one of which nothing is known is public. */
export function doorOf(socket: Socket): Door {
  return doors.get(socket) ?? { kind: 'public', isEncrypted: false };
}
