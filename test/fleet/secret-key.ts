import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Makes a key pair in a new folder of its own, as docs/secrets.md does for a master, and encrypts texts with it. */
export function createSecretKey(home: string): { encrypt(text: string): string } {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const owner = 'master@example.org';
  gpg(home, ['--passphrase', '', '--quick-generate-key', owner, 'default', 'default', 'never']);
  return {
    encrypt: (text) => gpg(home, ['--armor', '--trust-model', 'always', '-r', owner, '--encrypt'], text).trim(),
  };
}

function gpg(home: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync('gpg', ['--homedir', home, '--batch', '--yes', ...args], {
    input,
    encoding: 'utf8',
  });
  if (status === 0) return stdout;
  throw new Error(`gpg ${args.join(' ')}: ${error?.message ?? stderr}`);
}

/** A text as the block scalar of a YAML file, indented by two. */
export function blockScalar(text: string): string {
  return `|\n${text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
}
