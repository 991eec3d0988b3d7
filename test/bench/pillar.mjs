// How many pillars a master compiles: node test/bench/pillar.mjs [minions] [workers]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { silentLogger, systemClock, toValue } from '@brine/common';
import { createPooledPillarService } from '../../packages/master/dist/pillar/pooled-pillar-service.js';
import { createKeyPair, seal } from '../../packages/modules/dist/providers/nacl/boxes.js';

const count = Number(process.argv[2] ?? 1000);
const workers = Number(process.argv[3] ?? 2);
const folder = mkdtempSync(join(tmpdir(), 'brine-pillar-'));
const ids = Array.from({ length: count }, (_, index) => `minion${index}`);
const pair = createKeyPair();
const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const box = (text) => `NACL[${base64(seal(new TextEncoder().encode(text), pair.publicKey))}]`;

function put(path, text) {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** A tree of 100 keys in six files, five of them included, with a template in each. */
function putTree(name, secrets) {
  const includes = [0, 1, 2, 3, 4].map((part) => `  - ${name}.part${part}\n`).join('');
  put(
    `pillar/${name}/init.sls`,
    `include:\n${includes}${secrets === undefined ? '' : `  - ${name}.secret\n`}id: {{ grains['id'] }}\n`,
  );
  for (const part of [0, 1, 2, 3, 4]) {
    const keys = Array.from({ length: 20 }, (_, key) => `  key_${part}_${key}: {{ grains['os'] }} value ${key}\n`);
    put(`pillar/${name}/part${part}.sls`, `{% set here = ${part} %}\napp:\n${keys.join('')}`);
  }
  if (secrets !== undefined) put(`pillar/${name}/secret.sls`, secrets);
}

function lines(values) {
  return values.map((value, index) => `  secret_${index}: ${value}\n`).join('');
}

function gpg(args, input) {
  const { status, stdout, stderr } = spawnSync('gpg', ['--homedir', join(folder, 'gpg'), '--batch', ...args], {
    input,
  });
  if (status !== 0) throw new Error(`gpg ${args.join(' ')}: ${String(stderr)}`);
  return String(stdout);
}

function makeKey() {
  mkdirSync(join(folder, 'gpg'), { mode: 0o700 });
  gpg(['--passphrase', '', '--quick-generate-key', 'bench@example.org', 'default', 'default', 'never'], '');
}

function encrypt(text) {
  return gpg(['--armor', '--trust-model', 'always', '-r', 'bench@example.org', '--encrypt'], text);
}

async function measure(name, tree) {
  put('pillar/top.sls', `base:\n  '*':\n    - ${tree}\n`);
  const pillars = createPooledPillarService({
    ...{ configDirectory: folder, size: workers, clock: systemClock, logger: silentLogger },
  });
  const compile = async (id) => pillars.compile({ minion: id, grains: toValue({ id, os: 'Debian' }) });
  // Workers that run, as they do on a master that is at work.
  await Promise.all(ids.slice(0, workers * 2).map(compile));
  const begin = performance.now();
  const [first] = await Promise.all(ids.map(compile));
  const seconds = (performance.now() - begin) / 1000;
  await pillars.close();
  process.stdout.write(
    `${name.padEnd(52)}${(count / seconds).toFixed(0).padStart(6)} per second, ${first.secrets.length} secrets in each\n`,
  );
}

try {
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  put('nacl', base64(pair.secretKey));
  put(
    'master',
    `root_dir: ${folder}\npillar_roots: {base: [${folder}/pillar]}\nnacl.config: {sk_file: ${folder}/nacl}\ngpg_keydir: ${folder}/gpg\n`,
  );
  makeKey();
  putTree('plain');
  putTree('boxed', `#!yaml|nacl\nsecret:\n${lines(numbers.map((number) => box(`secret ${number}`)))}`);
  const messages = numbers.map((number) => `|\n${encrypt(`secret ${number}`).trim().replaceAll(/^/gm, '      ')}`);
  putTree('messages', `#!yaml|gpg\nsecret:\n${lines(messages)}`);
  putTree('own', `#!jinja|yaml|nacl\n{% include 'secrets/' ~ grains['id'] ~ '.txt' %}\n`);
  for (const id of ids) {
    put(`pillar/secrets/${id}.txt`, `secret:\n${lines(numbers.map((number) => box(`${id} ${number}`)))}`);
  }
  await measure('100 keys in five includes', 'plain');
  await measure('and 20 boxes that all minions share', 'boxed');
  await measure('and 20 gpg messages that all minions share', 'messages');
  await measure('and 20 boxes of each minion alone', 'own');
} finally {
  spawnSync('gpgconf', ['--homedir', join(folder, 'gpg'), '--kill', 'all']);
  rmSync(folder, { recursive: true });
}
