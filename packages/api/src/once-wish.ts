import { createHash } from 'node:crypto';
import { AppError } from '@brine/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from './caller.ts';
import type { JobRequest } from './control-ports.ts';

const keyLength = 200;

/** What an `Idempotency-Key` asks for; keys of different callers do not meet. Throws `request-invalid` for one that is too long. */
export function onceWish(request: FastifyRequest, caller: Caller): Pick<JobRequest, 'once'> {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return {};
  if (key === '' || key.length > keyLength) {
    throw new AppError({
      code: 'request-invalid',
      message: `an Idempotency-Key has 1 to ${keyLength} characters`,
    });
  }
  return {
    once: {
      key: sha256(JSON.stringify([caller.via, 'eauth' in caller ? caller.eauth : '', caller.user, key])),
      digest: sha256(request.body as Uint8Array),
    },
  };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('base64');
}
