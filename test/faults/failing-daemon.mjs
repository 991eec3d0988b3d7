#!/usr/bin/env node
// A daemon with failpoints, for fault tests: it kills itself (SIGKILL) at the one that a file of the fleet names, or stops itself
// (SIGSTOP) when the name follows `stop`. It is a master when the folder of its configuration is called so, else a minion.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runMasterProgram } from '../../packages/master/dist/index.js';
import { runSaltMinionProgram } from '../../packages/minion/dist/salt-minion/run-program.js';

function wanted() {
  try {
    return readFileSync(join(process.env['BRINE_FLEET'] ?? '', 'failpoint'), 'utf8').trim();
  } catch {
    return '';
  }
}

const failpoints = {
  async reach(name) {
    const strike = wanted();
    if (strike === `stop ${name}`) process.kill(process.pid, 'SIGSTOP');
    if (strike !== name) return;
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  },
};

const words = process.argv.slice(2);
const run = basename(words[words.indexOf('-c') + 1] ?? '') === 'master' ? runMasterProgram : runSaltMinionProgram;
process.exit(await run(words, failpoints));
