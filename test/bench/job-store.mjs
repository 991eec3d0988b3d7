// The job store under load: node test/bench/job-store.mjs [jobs]. 1 kB returns made durable, then lookups among many jobs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { encodeValue } from '@brine/common';
import Database from 'libsql';

const { openSqliteStore } = await import(
  pathToFileURL(new URL('../../packages/master/dist/store/sqlite-job-store.js', import.meta.url).pathname).href
);
const count = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'brine-job-store-'));
const store = openSqliteStore(join(folder, 'jobs.db'), Date.now);
const jidOf = (number) => `20260101${String(number).padStart(12, '0')}`;
const job = (number) => ({
  jid: jidOf(number),
  fun: number % 1000 === 0 ? 'state.apply' : 'test.ping',
  positional: encodeValue([]),
  keyword: encodeValue(new Map()),
  target: { type: 'glob', expression: '*' },
  user: 'root',
  createdAt: number,
  notAfter: number + 5000,
});
const value = encodeValue('x'.repeat(1000));
const answer = (number) => ({
  ...{ jid: jidOf(number), fun: 'test.ping', status: 'ok', value, retcode: 0, startedAt: 1, duration: 1 },
});

/** Many finished jobs at once, past the store: only how they are found is measured. */
function fill() {
  const database = new Database(join(folder, 'jobs.db'));
  database.exec('PRAGMA synchronous = OFF');
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})`;
  const jid = `'20260101' || printf('%012d', i)`;
  database.exec(`INSERT INTO jobs (jid, fun, positional, keyword, target_type, target, user, created_at, not_after)
    ${numbers} SELECT ${jid}, CASE i % 1000 WHEN 0 THEN 'state.apply' ELSE 'test.ping' END, x'90', x'80', 'glob', '*',
    'root', i, i + 5000 FROM n`);
  database.exec(`INSERT INTO deliveries (jid, minion, status, updated_at, started_at, retcode, value, duration)
    ${numbers} SELECT ${jid}, 'web1', 'ok', i, i, 0, zeroblob(200), 1 FROM n`);
  database.close();
}

async function timed(name, work, times = 1) {
  const durations = [];
  const before = process.cpuUsage();
  for (let turn = 0; turn < times; turn += 1) {
    const start = performance.now();
    await work(turn);
    durations.push(performance.now() - start);
  }
  durations.sort((a, b) => a - b);
  const [median, worst] = [durations[Math.floor(times / 2)], durations.at(-1)];
  const { user, system } = process.cpuUsage(before);
  const processor = ((user + system) / 1000 / times).toFixed(2);
  process.stdout.write(`${name}: median ${median.toFixed(2)}, worst ${worst.toFixed(2)}, processor ${processor} ms\n`);
  return median;
}

try {
  const minions = Array.from({ length: 2000 }, (_, index) => `minion-${index}`);
  await store.addJob(job(count + 1), minions);
  const spent = await timed('2000 returns of 1 kB, durable, 50 at a time', async () => {
    for (let start = 0; start < minions.length; start += 50) {
      await Promise.all(minions.slice(start, start + 50).map((minion) => store.finish(minion, answer(count + 1))));
    }
  });
  process.stdout.write(`  that is ${Math.round(2_000_000 / spent)} a second\n`);
  fill();
  process.stdout.write(`${count} jobs in the store\n`);
  const some = (turn) => jidOf((turn * 7919 + 13) % count);
  await timed(
    'lookup of a job and its returns',
    async (turn) => [await store.findJob(some(turn)), await store.deliveries(some(turn))],
    200,
  );
  await timed('a page of 100 of the list', async (turn) => store.listJobs({ limit: 100, before: some(turn) }), 100);
  await timed(
    'a page of 100 of one function',
    async (turn) => store.listJobs({ limit: 100, before: some(turn), fun: 'state.apply' }),
    100,
  );
  await timed('what is unfinished', async () => store.unfinished(), 20);
  await timed('the next to expire', async () => store.nextExpiry(), 100);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  await timed(`removing ${Math.floor(count / 10)} old jobs`, async () => store.prune(Math.floor(count / 10)));
  tellPauses('removing');
  loop.reset();
  let isPruned = false;
  const pruning = store.prune(Math.floor(count / 5)).finally(() => (isPruned = true));
  const waits = [];
  for (let turn = 0; !isPruned; turn += 1) {
    const start = performance.now();
    await store.addJob(job(count + 2 + turn), minions.slice(0, 3));
    waits.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await pruning;
  waits.sort((a, b) => a - b);
  const [median, worst] = [waits[Math.floor(waits.length / 2)] ?? 0, waits.at(-1) ?? 0];
  process.stdout.write(
    `a job made meanwhile is durable after: median ${median.toFixed(1)}, worst ${worst.toFixed(1)} ms\n`,
  );
  tellPauses('removing while jobs are made');

  function tellPauses(name) {
    const [long, longest] = [loop.percentile(99) / 1e6, loop.max / 1e6];
    process.stdout.write(
      `  pauses of the event loop, ${name}: 99 % ${long.toFixed(1)}, longest ${longest.toFixed(1)} ms\n`,
    );
  }
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}
