// Bulk operations on keys: node test/bench/keys.mjs [keys]. A real master with so many waiting keys, and salt-key.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAcceptedMinions } from './accepted-minions.mjs';
import { processorSeconds } from './measure.mjs';

const count = Number(process.argv[2] ?? 10_000);
const bin = fileURLToPath(new URL('../../bin/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'brine-keys-'));

/** Waits for what a master says when it serves. */
async function startMaster() {
  const args = [join(bin, 'salt-master'), '-c', join(folder, 'etc'), '-l', 'info', '--log-file-level', 'quiet'];
  const master = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise((resolve, reject) => {
    master.stderr.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-10_000);
      if (said.includes('master listens')) resolve();
    });
    master.once('exit', (code) => reject(new Error(`master ended (${code}): ${said}`)));
  });
  return master;
}

/** Runs salt-key; answers how many lines with ids it showed. */
async function measured(what, args, pid) {
  const before = processorSeconds(pid);
  const begin = performance.now();
  const key = spawn(process.execPath, [join(bin, 'salt-key'), '-c', join(folder, 'etc'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks = [];
  key.stdout.on('data', (chunk) => chunks.push(chunk));
  const status = await new Promise((resolve) => key.once('close', resolve));
  const seconds = ((performance.now() - begin) / 1000).toFixed(2);
  if (status !== 0) throw new Error(`salt-key ${args.join(' ')} ended with ${status}`);
  const processor = (processorSeconds(pid) - before).toFixed(2);
  console.log(`${what.padEnd(24)} ${seconds.padStart(6)} s   ${processor.padStart(6)} s of the master's processor`);
  const lines = Buffer.concat(chunks).toString('utf8').split('\n');
  return lines.filter((line) => /\bm\d{5}\b/.test(line)).length;
}

const expectAll = (seen) => {
  if (seen < count) throw new Error(`${seen} of ${count} keys were shown`);
};

try {
  await createAcceptedMinions(folder, { count, digits: 5, logLevel: 'error' });
  const pki = join(folder, 'etc/salt/pki/master');
  renameSync(join(pki, 'minions'), join(pki, 'minions_pre'));
  mkdirSync(join(pki, 'minions'), { mode: 0o700 });
  const master = await startMaster();
  try {
    console.log(`${count} keys`);
    expectAll(await measured('list', ['-L'], master.pid));
    expectAll(await measured('accept all', ['-A', '-y'], master.pid));
    expectAll(await measured('fingerprints of all', ['-F'], master.pid));
    await measured('reject all', ['-R', '-y', '--include-accepted'], master.pid);
    await measured('accept all again', ['-A', '-y', '--include-rejected'], master.pid);
    await measured('delete all', ['-D', '-y'], master.pid);
    expectAll(await measured('list deleted', ['-l', 'deleted'], master.pid));
    await measured('restore all', ['--restore', '*'], master.pid);
    expectAll(await measured('list', ['-L'], master.pid));
  } finally {
    master.kill('SIGKILL');
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
