// Jobs without end under random kills: node test/faults/soak.mjs [seconds] [jobs a second] [minions]. Every job must end once, in one
// definite state, with what the minion returned; the master and the processes of the minions are killed (SIGKILL) all the while.
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { decodeValue } from '@brine/common';
import { createAcceptedMinions } from '../bench/accepted-minions.mjs';
import { checkHistory } from '../../packages/testkit/dist/history/check-history.js';

const [seconds = 600, perSecond = 50, count = 100] = process.argv.slice(2).map(Number);
const processes = 4;
const killMasterEvery = 20_000;
const killMinionsEvery = 2_000;
const deliverWithin = 60_000;
const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'brine-soak-'));
const effects = join(folder, 'effects');
writeFileSync(effects, '');

const { port, members } = await createAcceptedMinions(folder, { count, digits: 3, logLevel: 'info' });

let isOver = false;
const kills = { master: 0, minions: 0 };
let master;
let isMasterUp = false;
/** Milliseconds from each death of the master to the word that it listens again. */
const downs = [];
async function keepMaster() {
  let since;
  while (!isOver) {
    const child = spawn(
      process.execPath,
      [join(here, '../../bin/salt-master'), '-c', join(folder, 'etc'), '--log-file-level', 'quiet'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    master = child;
    let said = '';
    child.stderr.on('data', (chunk) => {
      if (isMasterUp) return;
      said += chunk;
      isMasterUp = said.includes('master listens');
      if (isMasterUp && since !== undefined) downs.push(performance.now() - since);
    });
    await new Promise((resolve) => child.once('exit', resolve));
    since = performance.now();
    if (!isMasterUp && !isOver) console.error(`the master did not start: ${said.slice(-500)}`);
    isMasterUp = false;
  }
}

const swarms = [];
async function keepSwarm(index) {
  const file = join(folder, `members-${index}.json`);
  const own = members.filter((_, member) => member % processes === index);
  writeFileSync(file, JSON.stringify({ members: own, port, folder: join(folder, 'minions'), effects }));
  while (!isOver) {
    const child = fork(join(here, 'soak-minions.mjs'), [file], { stdio: 'inherit' });
    swarms[index] = child;
    await new Promise((resolve) => child.once('exit', resolve));
  }
}

function submit(id) {
  const body = JSON.stringify({
    target: { type: 'list', expression: id },
    function: 'test.echo',
    positional: [],
    keyword: {},
    deliverWithin,
  });
  return new Promise((resolve) => {
    const asked = request({
      socketPath: join(folder, 'var/run/salt/master/control.sock'),
      path: '/v1/jobs',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    asked.on('response', (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('error', () => resolve({ refusal: 'cut off' }));
      answer.on('end', () => {
        if (answer.statusCode >= 300 && answer.statusCode !== 503) console.error(text);
        resolve(
          answer.statusCode < 300
            ? JSON.parse(text).jid
            : { refusal: `${answer.statusCode} ${JSON.parse(text).code ?? ''}` },
        );
      });
    });
    asked.on('error', (error) => resolve({ refusal: error.code }));
    asked.end(body);
  });
}

const acceptedJobs = [];
const refused = {};
async function submitAll() {
  const end = performance.now() + seconds * 1000;
  for (let next = performance.now(); performance.now() < end; next += 1000 / perSecond) {
    await pause(Math.max(0, next - performance.now()));
    const { id } = members[Math.floor(Math.random() * members.length)];
    void submit(id).then((jid) => {
      if (jid.refusal !== undefined) refused[jid.refusal] = (refused[jid.refusal] ?? 0) + 1;
      else acceptedJobs.push({ jid, minions: [id] });
    });
  }
}

async function killAtRandom(every, kill) {
  while (!isOver) {
    await pause(every * (0.5 + Math.random()));
    if (!isOver && !isCalm) kill();
  }
}

let isCalm = false;
void keepMaster();
while (!isMasterUp) await pause(50);
const keepers = Array.from({ length: processes }, (_, index) => keepSwarm(index));
await pause(3000);
const killing = [
  killAtRandom(killMasterEvery, () => {
    if (isMasterUp && master.kill('SIGKILL')) kills.master += 1;
  }),
  killAtRandom(killMinionsEvery, () => {
    if (swarms[Math.floor(Math.random() * processes)].kill('SIGKILL')) kills.minions += 1;
  }),
];
await submitAll();
isCalm = true;
// Everything that was not taken runs out; everything that was returned arrives.
await pause(deliverWithin + 20_000);
isOver = true;
master.kill('SIGTERM');
for (const swarm of swarms) swarm.kill('SIGKILL');
await Promise.all([...keepers, ...killing]);
await pause(1000);

const Database = createRequire(join(here, '../../packages/master/package.json'))('libsql');
const database = new Database(join(folder, 'var/cache/salt/master/jobs.db'));
const rows = database.prepare('SELECT jid, minion, status, value FROM deliveries').all();
database.close();
const history = {
  accepted: acceptedJobs,
  executions: readFileSync(effects, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ jid: line.split(' ')[0], minion: line.split(' ')[1] })),
  deliveries: rows.map(({ jid, minion, status, value }) => ({
    jid,
    minion,
    status,
    value: value === null ? undefined : decodeValue(new Uint8Array(value)),
  })),
  valueOf: (jid, minion) => `${jid} ${minion}`,
};
const wrong = checkHistory(history);
const statuses = {};
for (const { status } of history.deliveries) statuses[status] = (statuses[status] ?? 0) + 1;
const reasons = Object.entries(refused).map(([reason, number]) => `${number} ${reason}`);
console.log(`${acceptedJobs.length} jobs accepted; not accepted: ${reasons.join(', ')}`);
const down = downs.toSorted((one, other) => one - other).map((milliseconds) => (milliseconds / 1000).toFixed(1));
console.log(
  `${kills.master} kills of the master, ${kills.minions} of ${count / processes} minions each; the master was back after ${down[0]} to ${down.at(-1)} s, ${down[Math.floor(down.length / 2)]} s in the middle`,
);
console.log(
  `ended: ${Object.entries(statuses)
    .map(([status, number]) => `${number} ${status}`)
    .join(', ')}`,
);
for (const violation of wrong.slice(0, 20)) console.log(violation);
console.log(wrong.length === 0 ? '0 lost, 0 twice, 0 in an unknown state' : `${wrong.length} violations`);
rmSync(folder, { recursive: true, force: true });
process.exit(wrong.length === 0 ? 0 : 1);
