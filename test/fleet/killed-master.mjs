#!/usr/bin/env node
// A master that kills itself at a failpoint, which the file `strike` beside its configuration names, with how often it
// is passed before: `NAME COUNT`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from '../../build/entry-of.cjs';

const words = process.argv.slice(2);
const [name, count = '0'] = readFileSync(join(words[words.indexOf('-c') + 1] ?? '', 'strike'), 'utf8').split(' ');
let left = Number(count);
const failpoints = {
  async reach(reached) {
    if (reached !== name) return;
    left -= 1;
    if (left < 0) process.kill(process.pid, 'SIGKILL');
  },
};
const { runMasterProgram } = await load('salt-master');
process.exitCode = await runMasterProgram(words, failpoints);
