#!/usr/bin/env node
// A daemon with failpoints, for fault tests: it kills itself (SIGKILL) at the one that a file of the fleet names, or stops itself
// (SIGSTOP) when the name follows `stop`; so do the workers of its jobs. It is a master when the folder of its configuration is called so, else a minion.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from '../../build/entry-of.cjs';

const words = process.argv.slice(2);
const role = basename(words[words.indexOf('-c') + 1] ?? '');

// The wall clock of a daemon goes as many milliseconds wrong as the file `clock-MEMBER` of the fleet says.
const trueNow = Date.now.bind(Date);
let skew = 0;
Date.now = () => trueNow() + skew;
setInterval(() => {
  skew = Number(readText(`clock-${role}`)) || 0;
}, 20).unref();

function readText(name) {
  try {
    return readFileSync(join(process.env['BRINE_FLEET'] ?? '', name), 'utf8').trim();
  } catch {
    return '';
  }
}

const failpoints = {
  workerProgram: fileURLToPath(new URL('failing-worker.mjs', import.meta.url)),
  async reach(name) {
    const strike = readText('failpoint');
    if (strike === `stop ${name}`) process.kill(process.pid, 'SIGSTOP');
    if (strike !== name) return;
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  },
};

const program = role === 'master' ? 'salt-master' : 'salt-minion';
const { runMasterProgram, runSaltMinionProgram } = await load(program);
process.exit(await (runMasterProgram ?? runSaltMinionProgram)(words, failpoints));
