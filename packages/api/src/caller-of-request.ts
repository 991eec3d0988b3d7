import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { AppError } from '@brine/common';
import type { AccessControl, TokenKind } from './access-ports.ts';
import type { Caller } from './caller.ts';
import { doorOf } from './door.ts';
import { placeOfRequest } from './place-of-request.ts';

/** What is looked at of a request; one that is to become a WebSocket has it too. */
export interface Incoming {
  readonly headers: IncomingHttpHeaders;
  readonly raw: Pick<IncomingMessage, 'socket'>;
}

/** The token a request brings: `Authorization: Bearer …` or `X-Auth-Token`. */
export function tokenOf(request: Incoming): string | undefined {
  const { authorization, 'x-auth-token': token } = request.headers;
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  return typeof token === 'string' && token !== '' ? token : undefined;
}

const anyKind: readonly TokenKind[] = ['session', 'token', 'key'];

/**
 * Who makes a request: whoever its token stands for, else whom its door lets in. `user` is a name for the records of the
 * owner. Throws `login-needed`.
 */
export async function callerOfRequest(request: Incoming, access: AccessControl, user = 'root'): Promise<Caller> {
  const token = tokenOf(request);
  if (token !== undefined) {
    const caller = await access.callerOf(token, anyKind, placeOfRequest(request));
    if (caller !== undefined) return caller;
    throw loginNeeded();
  }
  const door = doorOf(request.raw.socket);
  switch (door.kind) {
    case 'owner':
      return { via: 'socket', user };
    case 'user':
      return { via: 'local', user: door.user, permissions: door.permissions };
    case 'public':
      throw loginNeeded();
  }
}

function loginNeeded(): AppError {
  return new AppError({ code: 'login-needed', message: 'log in first, or bring a token that is valid' });
}
