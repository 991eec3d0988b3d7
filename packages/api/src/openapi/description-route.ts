import type { FastifyInstance } from 'fastify';
import { describeApi } from './describe.ts';

/** `GET /openapi.json` */
export function addDescriptionRoute(server: FastifyInstance): void {
  const description = JSON.stringify(describeApi());
  server.get('/openapi.json', (_request, reply) => reply.header('content-type', 'application/json').send(description));
}
