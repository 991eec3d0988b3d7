import type { FastifyInstance } from 'fastify';
import { sendAnswer } from '../media-types.ts';
import type { NetapiContext } from '../netapi-context.ts';
import { requireSession } from '../session.ts';

/** `GET /stats`; SaltGUI asks it whether a session still stands. */
export function addStatsRoute(server: FastifyInstance, context: NetapiContext): void {
  server.get('/stats', async (request, reply) => {
    if (!context.settings.statsAreOpen) await requireSession(request, reply, context);
    return sendAnswer(request, reply, context.settings.collectsStats ? context.stats.toValue() : new Map());
  });
}
