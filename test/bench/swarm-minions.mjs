// Many minions in one process, for swarm.mjs: they connect, say hello and answer every job at once with True.
import { readFileSync } from 'node:fs';
import { createMinionBus, loadIdentity } from '@brine/bus';
import { decodeMessage, encodeMessage, encodeValue, parseMinionId, silentLogger, systemClock } from '@brine/common';
import { createLightTransport } from './light-transport.mjs';

const { members, port, deaf } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const reasons = {};
if (process.env.SWARM_REASONS) setInterval(() => console.error(JSON.stringify(reasons)), 5000);
const tally = { accepted: 0, handshakes: 0, jobs: 0, repeated: 0 };
let isTold = true;
function tell() {
  if (!isTold) return;
  isTold = false;
  setTimeout(() => {
    isTold = true;
    process.send(tally);
  }, 50);
}

const transport = createLightTransport();
const deafTransport = { ...transport, connectSubscriber: () => ({ close: async () => {} }) };
// While no minion is connected nothing else keeps the process alive.
setInterval(() => {}, 60_000);
const grains = (id) =>
  encodeValue(
    new Map([
      ['id', id],
      ['os', 'Debian'],
      ['os_family', 'Debian'],
      ['num_cpus', 2],
      ['mem_total', 4000],
      ['roles', ['web']],
    ]),
  );

for (const [index, { id, secret }] of members.entries()) {
  let sequence = 0n;
  let wasAccepted = false;
  const done = new Set();
  const bus = createMinionBus({
    identity: loadIdentity('minion', secret),
    id: parseMinionId(id),
    transport: index < deaf ? deafTransport : transport,
    clock: systemClock,
    logger: silentLogger,
    random: Math.random,
    // As the package sets them for its minions.
    reconnect: { minimumMilliseconds: 1_000, maximumMilliseconds: 11_000 },
    master: { host: '127.0.0.1', port },
    trust: { kind: 'first-use', pin: async () => {} },
    sequenceStore: { load: () => sequence, save: (highest) => (sequence = highest) },
    onPublication: async ({ body }) => {
      const { jid, fun } = decodeMessage(body);
      if (done.has(jid)) {
        tally.repeated += 1;
        return;
      }
      done.add(jid);
      tally.jobs += 1;
      tell();
      void answer(bus, jid, fun);
    },
    onRequest: async () => encodeMessage({}),
    onState: (state, details) => {
      if (details.reason !== undefined) reasons[details.reason] = (reasons[details.reason] ?? 0) + 1;
      if (state === 'handshaking') tally.handshakes += 1;
      if ((state === 'accepted') !== wasAccepted) {
        wasAccepted = state === 'accepted';
        tally.accepted += wasAccepted ? 1 : -1;
      }
      tell();
      if (state === 'accepted') void hello(bus, id);
    },
  });
  bus.start();
}

async function hello(bus, id) {
  const body = encodeMessage({ version: '0', saltVersion: '3006', grains: grains(id), runningJobs: [] });
  await bus.request('minion.hello', body).catch(() => {});
}

/** Sent until it is answered, as a minion's spool does. */
async function answer(bus, jid, fun) {
  const body = encodeMessage({
    jid,
    fun,
    status: 'ok',
    value: encodeValue(true),
    retcode: 0,
    startedAt: Date.now(),
    duration: 1,
  });
  for (let isAnswered = false; !isAnswered;) {
    isAnswered = await bus.request('job.return', body).then(
      () => true,
      () => false,
    );
    if (!isAnswered) await new Promise((resume) => setTimeout(resume, 200 + Math.random() * 800));
  }
}
