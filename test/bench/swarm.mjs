// A whole fleet against a real master: node test/bench/swarm.mjs [minions]. The minions have real sockets, keys and
// sessions, and answer jobs at once; all of them are one process. Each minion takes two file descriptors on either side; where the
// limit (`ulimit -n`) is lower, as many as must do without the second one, which hears broadcasts, and get everything through
// their sessions.
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAcceptedMinions } from './accepted-minions.mjs';
import { processorSeconds } from './measure.mjs';

const count = Number(process.argv[2] ?? 1000);
const minionsInProcess = Number(process.env.SWARM_PROCESS ?? 10_000);
const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'brine-swarm-'));

const openFiles = Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);
const deaf = Math.min(count, Math.max(0, 2 * count + 150 - openFiles));
if (deaf > 0) console.log(`${deaf} of ${count} minions hear no broadcasts: ${openFiles} files can be open`);

const { port, members: all } = await createAcceptedMinions(folder, { count, digits: 5, logLevel: 'error' });

/** Runs a program of the checkout. */
function start(program, args, stdio) {
  const node = program === 'salt-master' ? (process.env.SWARM_MASTER_NODE?.split(' ') ?? []) : [];
  return spawn(process.execPath, [...node, join(here, '../../bin', program), '-c', join(folder, 'etc'), ...args], {
    stdio,
  });
}

const seconds = (since) => (performance.now() - since) / 1000;
const statusOf = (pid, key) =>
  Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
const filesOf = (pid) => readdirSync(`/proc/${pid}/fd`).length;

async function startMaster() {
  const master = start('salt-master', ['-l', 'info', '--log-file-level', 'quiet'], ['ignore', 'ignore', 'pipe']);
  let said = '';
  await new Promise((resolve, reject) => {
    master.stderr.on('data', (chunk) => {
      if (said === undefined) return;
      said += chunk;
      if (!said.includes('master listens')) return;
      said = undefined;
      resolve();
    });
    master.once('exit', (code) => reject(new Error(`master ended (${code}): ${said}`)));
  });
  return master;
}

function report(what, value, bar = '') {
  console.log(`${what.padEnd(52)} ${value.padStart(22)}   ${bar}`);
}

let master = await startMaster();
const tallies = new Map();
let changed = () => {};
const total = (key) => [...tallies.values()].reduce((sum, tally) => sum + tally[key], 0);
const until = (isDone) =>
  new Promise((resolve) => {
    changed = () => isDone() && resolve();
    changed();
  });

const swarms = [];
for (let from = 0; from < count; from += minionsInProcess) {
  const members = all.slice(from, from + minionsInProcess);
  const file = join(folder, `members-${from}.json`);
  writeFileSync(file, JSON.stringify({ members, port, deaf: from === 0 ? deaf : 0 }));
  const swarm = fork(join(here, 'swarm-minions.mjs'), [file], { execArgv: process.env.SWARM_NODE?.split(' ') ?? [] });
  tallies.set(swarm, { accepted: 0, handshakes: 0, jobs: 0, repeated: 0 });
  swarm.on('message', (tally) => {
    tallies.set(swarm, tally);
    changed();
  });
  swarm.on('exit', (code) => {
    if (code) console.error(`a swarm ended with ${code}`);
  });
  swarms.push(swarm);
}

/** Waits for all; tells how many handshakes were begun since there were so many. */
async function connectAll(what, bar, handshakes) {
  const begin = performance.now();
  const spentBySwarms = () => swarms.reduce((sum, { pid }) => sum + processorSeconds(pid), 0);
  const before = { swarms: spentBySwarms(), master: processorSeconds(master.pid) };
  await until(() => total('accepted') >= Math.ceil(count * 0.99));
  const most = seconds(begin);
  await until(() => total('accepted') >= count);
  report(what, `${seconds(begin).toFixed(1)} s (99%: ${most.toFixed(1)})`, bar);
  report('  handshakes begun for each minion', ((total('handshakes') - handshakes) / count).toFixed(2), '1.20');
  const spent = [processorSeconds(master.pid) - before.master, spentBySwarms() - before.swarms];
  report('  processor of the master, of all minions', spent.map((each) => `${each.toFixed(1)} s`).join(', '));
}

/** Pings a target by the command line; tells when answers came. */
async function ping(target, expected, bar) {
  const begin = performance.now();
  const salt = start(
    'salt',
    ['-t', '60', target, 'test.ping', '--out', 'newline_values_only'],
    ['ignore', 'pipe', 'inherit'],
  );
  const times = [];
  salt.stdout.on('data', (chunk) => {
    for (const line of String(chunk).split('\n')) if (line.trim() === 'True') times.push(seconds(begin));
  });
  await new Promise((resolve) => salt.once('close', resolve));
  const at = (part) => (times[Math.max(0, Math.ceil(times.length * part) - 1)] ?? Number.NaN).toFixed(2);
  report(
    `test.ping of ${expected}`,
    `${at(0)} / ${at(0.99)} / ${at(1)} s`,
    `first / 99% / all; ${bar}; lost ${expected - times.length}`,
  );
}

const memory = (what, bar) =>
  report(
    what,
    `${statusOf(master.pid, 'VmRSS').toFixed(0)} MiB (peak ${statusOf(master.pid, 'VmHWM').toFixed(0)})`,
    bar,
  );

try {
  await connectAll(`${count} minions connected and authenticated`, 'all of 10,000 in 120 s', 0);
  memory('memory of the master', '1,536 MiB at 10,000');
  report('open files of the master', String(filesOf(master.pid)));
  const idle = processorSeconds(master.pid);
  await new Promise((resume) => setTimeout(resume, 10_000));
  report(
    'processor of the master when nothing is asked',
    `${((processorSeconds(master.pid) - idle) * 10).toFixed(1)} %`,
    '10 % of one core',
  );
  await ping('m00000', 1, 'p99 0.1 s beside the launch');
  if (count >= 1000) await ping('m000*', 100, '');
  for (let round = 0; round < 3; round += 1)
    await ping('*', count, count >= 10_000 ? '1 / 12 / 20 s' : 'all of 1,000 in 2 s');
  memory('memory of the master after the pings', '');
  report('jobs run by minions, run again', `${total('jobs')}, ${total('repeated')}`);
  const handshakes = total('handshakes');
  const gone = new Promise((resolve) => master.once('exit', resolve));
  const stopping = performance.now();
  master.kill('SIGTERM');
  await gone;
  report('master stops', `${seconds(stopping).toFixed(1)} s`, '10 s');
  const starting = performance.now();
  master = await startMaster();
  report('master listens again', `${seconds(starting).toFixed(1)} s`, '3 s');
  await connectAll('all minions back after the restart', '99% in 60 s, all in 120 s', handshakes);
  memory('memory of the master', '');
  await ping('*', count, '');
} finally {
  for (const swarm of swarms) swarm.kill('SIGKILL');
  master.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
