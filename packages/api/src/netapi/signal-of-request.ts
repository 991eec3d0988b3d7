import type { FastifyRequest } from 'fastify';

/** Aborted when the client goes away before it is answered. */
export function signalOfRequest(request: FastifyRequest): AbortSignal {
  const controller = new AbortController();
  request.raw.socket.once('close', () => controller.abort());
  return controller.signal;
}
