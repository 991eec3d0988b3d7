import type { Incoming } from './caller-of-request.ts';
import { doorOf } from './door.ts';

/** The place of everybody who comes by the socket that all users of the machine share. */
export const sharedPlace = 'socket';

/** Where a request comes from, for records and for counting failures: an address, or the socket of a user. */
export function placeOfRequest({ raw }: Pick<Incoming, 'raw'>): string {
  const { remoteAddress } = raw.socket;
  if (remoteAddress !== undefined) return remoteAddress;
  const door = doorOf(raw.socket);
  return door.kind === 'user' ? `socket of ${door.user}` : sharedPlace;
}
