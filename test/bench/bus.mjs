// How fast the bus is over real ZeroMQ on the loopback, everything in one process: node test/bench/bus.mjs [minions]
import { createMasterBus, createMinionBus, createZeromqTransport, generateIdentity } from '@brine/bus';
import { parseMinionId, silentLogger, systemClock } from '@brine/common';

const count = Number(process.argv[2] ?? 200);
const ids = Array.from({ length: count }, (_, index) => parseMinionId(`minion-${index}`));
const { identity } = generateIdentity('master');
const sequenceStore = () => ({ load: () => 0n, save: () => {} });

let connected = 0;
let acknowledged = 0;
let wake = () => {};
const until = (isDone) =>
  new Promise((resolve) => {
    wake = () => isDone() && resolve();
    wake();
  });

const master = createMasterBus({
  identity,
  transport: createZeromqTransport(),
  clock: systemClock,
  logger: silentLogger,
  interface: '127.0.0.1',
  publishPort: 0,
  returnPort: 0,
  sequenceStore: sequenceStore(),
  authorize: async () => 'accepted',
  onRequest: async (_id, _verb, body) => body,
  onConnected: () => {
    connected += 1;
    wake();
  },
  onDisconnected: () => {},
  onAcknowledged: () => {
    acknowledged += 1;
    wake();
  },
});
const { returnPort } = await master.start();

const transport = createZeromqTransport();
const minions = ids.map((id) =>
  createMinionBus({
    identity: generateIdentity('minion').identity,
    id,
    transport,
    clock: systemClock,
    logger: silentLogger,
    random: Math.random,
    master: { host: '127.0.0.1', port: returnPort },
    trust: { kind: 'pinned', publicKey: identity.publicKey },
    sequenceStore: sequenceStore(),
    onPublication: async () => {},
    onRequest: async (_verb, body) => body,
    onState: () => {},
  }),
);

async function measure(what, amount, work) {
  const begin = performance.now();
  await work();
  const seconds = (performance.now() - begin) / 1000;
  console.log(`${what}: ${amount} in ${seconds.toFixed(2)} s, ${Math.round(amount / seconds)}/s`);
}

let jobs = 0;
async function publish(broadcast) {
  acknowledged = 0;
  jobs += 1;
  const done = until(() => acknowledged >= count);
  const body = new Uint8Array(300);
  await master.publish({ id: `job-${jobs}`, minions: ids, body, notAfter: Date.now() + 60_000, broadcast });
  await done;
}

await measure('handshakes', count, async () => {
  for (const minion of minions) minion.start();
  await until(() => connected >= count);
});
console.log(`memory: ${Math.round(process.memoryUsage().rss / 1_048_576)} MiB resident, both sides together`);
await new Promise((resume) => setTimeout(resume, 1_000));
await measure('acknowledged publications through sessions', count, () => publish(false));
await measure('acknowledged publications of a broadcast', count, () => publish(true));
await measure('requests of 1 kB, answered', count * 10, async () => {
  const body = new Uint8Array(1_024);
  for (let round = 0; round < 10; round += 1) await Promise.all(minions.map((minion) => minion.request('echo', body)));
});
await measure('bytes of one request of 32 MiB, there and back', 2 * 33_554_432, () =>
  minions[0].request('echo', new Uint8Array(33_554_432)),
);
for (const minion of minions) await minion.stop();
await master.stop();
