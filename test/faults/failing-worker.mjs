// A job worker with failpoints, started by the minion of failing-daemon.mjs: it kills itself (SIGKILL) at the one that a file
// of the fleet names, together with its daemon when the name follows `both`, or stops itself (SIGSTOP) when it follows `stop`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from '../../build/entry-of.cjs';

const fleet = process.env['BRINE_FLEET'] ?? '';

function readText(name) {
  try {
    return readFileSync(join(fleet, name), 'utf8').trim();
  } catch {
    return '';
  }
}

const { runWorkerProgram } = await load('run-worker');
runWorkerProgram({
  async reach(name) {
    const strike = readText('failpoint');
    if (strike === `stop ${name}`) process.kill(process.pid, 'SIGSTOP');
    if (strike === `both ${name}`) process.kill(process.ppid, 'SIGKILL');
    if (strike !== name && strike !== `both ${name}`) return;
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  },
});
