// Encrypts a pillar value with a key made for the demo, the way docs/secrets.md describes it for a real fleet.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function gpg(home, args, input) {
  const { status, stdout, stderr, error } = spawnSync('gpg', ['--homedir', home, '--batch', '--yes', ...args], {
    input,
    encoding: 'utf8',
  });
  if (error?.code === 'ENOENT') return undefined;
  if (status !== 0) throw new Error(`gpg ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Puts the encrypted password into the pillar of database servers; `false` when there is no gpg on this machine. */
export function addSecret(fleet, password) {
  const home = join(fleet.folder, 'gpg');
  mkdirSync(home, { mode: 0o700 });
  const key = [
    '--passphrase',
    '',
    '--quick-generate-key',
    'Demo master <master@example.org>',
    'default',
    'default',
    'never',
  ];
  if (gpg(home, key, '') === undefined) return false;
  const encrypted = gpg(
    home,
    ['--armor', '--trust-model', 'always', '-r', 'master@example.org', '--encrypt'],
    password,
  );
  const file = join(fleet.folder, 'pillar', 'database.sls');
  writeFileSync(file, `#!jinja|yaml|gpg\n${readFileSync(file, 'utf8')}`);
  const indented = encrypted
    .trim()
    .split('\n')
    .map((line) => `      ${line}`);
  appendFileSync(file, `    password: |\n${indented.join('\n')}\n`);
  return true;
}

/** The agent that gpg started for the demo's key must not outlive it. */
export function endAgent(fleet) {
  spawnSync('gpgconf', ['--homedir', join(fleet.folder, 'gpg'), '--kill', 'gpg-agent'], { stdio: 'ignore' });
}
