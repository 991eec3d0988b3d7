import { AppError } from '@brine/common';
import type { FastifyRequest } from 'fastify';
import type { AccessControl, TokenKind } from './access-ports.ts';
import type { Caller } from './caller.ts';
import { doorOf } from './door.ts';

/** The token a request brings: `Authorization: Bearer …` or `X-Auth-Token`. */
export function tokenOf(request: FastifyRequest): string | undefined {
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
export async function callerOfRequest(request: FastifyRequest, access: AccessControl, user = 'root'): Promise<Caller> {
  const token = tokenOf(request);
  if (token !== undefined) {
    const caller = await access.callerOf(token, anyKind);
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
