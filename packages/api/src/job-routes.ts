import { toValue, type Dict, type Plain } from '@brine/common';
import type { FastifyInstance } from 'fastify';
import { bodyOf, sendJob, sendValue, signalOf } from './answer-values.ts';
import { isUnbound } from './caller.ts';
import { callerOfRequest } from './caller-of-request.ts';
import type { ControlPorts, JobRequest } from './control-ports.ts';
import { judgeSpecial, noArguments } from './judge-route.ts';
import { onceWish } from './once-wish.ts';
import { JobBody, JobsQuery, readCall, readPlain, readQuery, TargetBody } from './request-schemas.ts';

/** `/v1/targets` and `/v1/jobs`. */
export function addJobRoutes(server: FastifyInstance, ports: ControlPorts): void {
  server.post('/v1/targets', async (request, reply) => {
    const { target } = readPlain(bodyOf(request), TargetBody);
    const caller = await callerOfRequest(request, ports.access);
    if (isUnbound(caller)) return sendValue(request, reply, { minions: ports.jobs.resolve(target) });
    ports.access.judgeJob({ target, fun: 'test.ping', ...noArguments() }, caller);
    const minions = ports.jobs.resolve(ports.access.targetFor(target, caller));
    return sendValue(request, reply, { minions });
  });
  server.post('/v1/jobs', async (request, reply) => {
    const body = readCall(bodyOf(request), JobBody);
    const { function: fun, user, follow, returners, ...wish } = body;
    const caller = await callerOfRequest(request, ports.access, user);
    const job = await ports.jobs.submit(
      { ...wish, ...onceWish(request, caller), ...returnersOf(returners), fun },
      caller,
    );
    if (!follow) return sendValue(request, reply.status(201), toValue({ jid: job.jid, minions: job.minions }));
    const { patience, showsSecrets } = body;
    return sendJob(request, reply, ports.jobs.follow(job.jid, { patience, showsSecrets, signal: signalOf(reply) }));
  });
  server.get('/v1/jobs', async (request, reply) => {
    judgeSpecial(ports, 'runner', 'jobs.list_jobs', await callerOfRequest(request, ports.access));
    const { limit, before } = readQuery(request.query, JobsQuery);
    const jobs = await ports.jobs.list({ limit, ...(before === undefined ? {} : { before }) });
    const last = jobs.length < limit ? null : (jobs.at(-1)?.get('jid') ?? null);
    return sendValue(request, reply, toValue({ jobs, next: last }));
  });
  server.get('/v1/jobs/:jid', async (request, reply) => {
    judgeSpecial(ports, 'runner', 'jobs.list_job', await callerOfRequest(request, ports.access));
    const { jid } = request.params as { jid: string };
    return sendValue(request, reply, await ports.jobs.find(jid));
  });
  server.get('/v1/jobs/:jid/follow', async (request, reply) => {
    judgeSpecial(ports, 'runner', 'jobs.follow', await callerOfRequest(request, ports.access));
    const { jid } = request.params as { jid: string };
    const { patience } = request.query as { patience?: string };
    const milliseconds = /^\d{1,9}$/.test(patience ?? '') ? Number(patience) : 15_000;
    return sendJob(request, reply, ports.jobs.follow(jid, { patience: milliseconds, signal: signalOf(reply) }));
  });
  server.post('/v1/jobs/:jid/cancel', async (request, reply) => {
    const { jid } = request.params as { jid: string };
    const caller = await callerOfRequest(request, ports.access, 'unknown');
    judgeSpecial(ports, 'runner', 'jobs.cancel', caller, [jid]);
    const cancelled = await ports.jobs.cancel(jid, caller);
    return sendValue(request, reply, toValue({ cancelled }));
  });
}

/** Settings of a returner are values again. */
function returnersOf(given: JobBody['returners']): Pick<JobRequest, 'returners'> {
  if (given === undefined) return {};
  const { kwargs, ...rest } = given;
  const settings = kwargs === undefined ? {} : { kwargs: toValue(kwargs as Plain) as Dict };
  return { returners: { ...rest, ...settings } };
}
