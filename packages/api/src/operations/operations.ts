import { monitorEventLoopDelay } from 'node:perf_hooks';
import { toValue } from '@brine/common';
import type { FastifyInstance } from 'fastify';
import { callerOfRequest } from '../caller-of-request.ts';
import { sendAnswer } from '../netapi/media-types.ts';
import type { NetapiContext } from '../netapi/netapi-context.ts';
import { writeMetrics } from './write-metrics.ts';

/** `/health`, `/ready` and `/metrics`: for what watches over the master. */
export function addOperationRoutes(server: FastifyInstance, context: NetapiContext): void {
  const { ports, stats } = context;
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  server.addHook('onClose', async () => {
    delay.disable();
  });
  // That an answer comes is the answer.
  server.get('/health', (request, reply) => sendAnswer(request, reply, toValue({ status: 'ok' })));
  server.get('/ready', async (request, reply) => {
    const problem = await ports.readiness();
    const status = problem === undefined ? 'ready' : 'not ready';
    reply.status(problem === undefined ? 200 : 503);
    return sendAnswer(request, reply, toValue({ status, ...(problem === undefined ? {} : { problem }) }));
  });
  server.get('/metrics', async (request, reply) => {
    await callerOfRequest(request, ports.access);
    const text = writeMetrics({ facts: await ports.measures(), stats, delay });
    delay.reset();
    return reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(text);
  });
}
