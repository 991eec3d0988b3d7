// What the HTTP API costs: node test/bench/api.mjs [seconds]. A master and three minions on this machine.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { bringUp, createFleet, endFleet, freePort } from '../demo/fleet.mjs';
import { median } from './measure.mjs';

const seconds = Number(process.argv[2] ?? 10);
const ids = ['web1', 'web2', 'db1'];
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function send(port, path, { token, body, chosen = agent } = {}) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { 'x-auth-token': token }) };
    const outgoing = request(
      { host: '127.0.0.1', port, path, agent: chosen, method: body === undefined ? 'GET' : 'POST', headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, text, headers: response.headers }));
      },
    );
    outgoing.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function percentile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

const residentBytes = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;

/** Milliseconds of processor time a process has had. */
const processorTime = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

const fleet = await createFleet(ids);
try {
  const port = await freePort();
  const users = join(fleet.configOf('master'), 'users');
  writeFileSync(users, 'ada:secret\n', { mode: 0o600 });
  appendFileSync(
    join(fleet.configOf('master'), 'master'),
    `\nrest_cherrypy: {port: ${port}, host: 127.0.0.1, max_connections: 5000}\nnetapi_enable_clients: [local, runner]\nexternal_auth:\n  file:\n    ^filename: ${users}\n    ada: ['.*', '@runner', '@wheel']\n`,
  );
  await bringUp(fleet);
  const [{ child: daemon }] = fleet.daemons;
  const credentials = { username: 'ada', password: 'secret', eauth: 'file' };
  const { headers } = await send(port, '/login', { body: credentials });
  const token = headers['x-auth-token'];
  const ping = { client: 'local', tgt: '*', fun: 'test.ping' };
  await send(port, '/', { token, body: ping });
  const { text } = await send(port, '/jobs', { token });
  const [jid] = Object.keys(JSON.parse(text).return[0]);

  // Reads of a job, 500 a second, each at its time whether or not the ones before have been answered.
  const times = [];
  const spent = processorTime(daemon.pid);
  const begin = performance.now();
  const reads = [];
  for (let count = 0; count < seconds * 500; count += 1) {
    const due = begin + count * 2;
    while (performance.now() < due) await pause(Math.max(0, due - performance.now()));
    const started = performance.now();
    reads.push(send(port, `/jobs/${jid}`, { token }).then(() => times.push(performance.now() - started)));
  }
  await Promise.all(reads);
  const rate = times.length / ((performance.now() - begin) / 1000);
  process.stdout.write(
    `job reads: ${rate.toFixed(0)} a second, median ${median(times).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms, ` +
      `${((processorTime(daemon.pid) - spent) / times.length).toFixed(2)} ms of processor time each\n`,
  );

  // A ping of three minions: what /run takes beyond the time of the job itself.
  const overheads = [];
  const totals = [];
  for (let round = 0; round < 30; round += 1) {
    const started = performance.now();
    await send(port, '/run', { body: { ...ping, ...credentials, token: undefined } });
    const whole = performance.now() - started;
    const own = performance.now();
    await send(port, '/', { token, body: ping });
    totals.push(whole);
    overheads.push(whole - (performance.now() - own));
  }
  process.stdout.write(
    `/run of test.ping on 3 minions: median ${median(totals).toFixed(1)} ms, ${median(overheads).toFixed(1)} ms more than with a session\n`,
  );

  // A thousand readers of events, of which half do not read.
  const before = residentBytes(daemon.pid);
  let received = 0;
  const readers = [];
  const streams = new Agent({ maxSockets: Infinity });
  await Promise.all(
    Array.from({ length: 1000 }, (_, index) => {
      return new Promise((resolve, reject) => {
        const outgoing = request(
          { host: '127.0.0.1', port, path: '/events', agent: streams, headers: { 'x-auth-token': token } },
          (response) => {
            if (index % 2 === 0) {
              response.on('data', () => {
                received += 1;
              });
            } else response.pause();
            response.on('error', () => {});
            resolve();
          },
        );
        outgoing.on('error', reject);
        outgoing.end();
        readers.push(outgoing);
      });
    }),
  );
  const waits = [];
  for (let count = 0; count < 100; count += 1) {
    const started = performance.now();
    await send(port, '/', { token, body: { client: 'runner', fun: 'test.arg', arg: ['x'.repeat(2000)] } });
    waits.push(performance.now() - started);
  }
  await pause(1000);
  const after = residentBytes(daemon.pid);
  process.stdout.write(
    `1000 readers of events, half of them slow: ${((after - before) / 1e6).toFixed(0)} MB more, ${(after / 1e6).toFixed(0)} MB in all; ` +
      `${received} pieces received; a runner beside them takes ${median(waits).toFixed(1)} ms\n`,
  );
  for (const reader of readers) reader.destroy();
} finally {
  agent.destroy();
  await endFleet(fleet);
}
