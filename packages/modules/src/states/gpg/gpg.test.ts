import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describeRealState } from '@brine/testkit';
import type { Host } from '../../kit/index.ts';
import { absent } from './absent.ts';
import { present } from './present.ts';

function gpg(home: string, words: readonly string[], input = ''): string {
  return execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', ...words], {
    ...{ input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] },
  });
}

const parameters = '%no-protection\nKey-Type: RSA\nKey-Length: 1024\nName-Real: x\n%commit\n';

// A key made elsewhere; the keyring of the case has its public part alone.
async function makeRing(folder: string, host: Host): Promise<void> {
  const [maker, ring] = [`${folder}/m`, `${folder}/r`];
  for (const home of [maker, ring]) await host.files.makeDirectory(home, { mode: 0o700 });
  gpg(maker, ['--gen-key'], parameters);
  const open = gpg(maker, ['--armor', '--export']);
  gpg(ring, ['--import'], open);
  await host.files.write(
    `${folder}/id`,
    Buffer.from(/fpr:+([0-9A-F]+)/.exec(gpg(maker, ['--with-colons', '--list-keys']))?.[1] ?? ''),
  );
  gpg(ring, ['--check-trustdb']);
  for (const home of [maker, ring]) execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
}

const idOf = (folder: string): string => readFileSync(`${folder}/id`, 'utf8');
const unknown = '0123456789ABCDEF';

describeRealState(present, [
  {
    title: 'refuses a level of trust that there is not',
    arguments: (folder) => ({ name: unknown, gnupghome: folder, trust: 'much' }),
    fails: () => 'Invalid trust level much',
  },
  {
    title: 'refuses what is no id of a key',
    arguments: (folder) => ({ name: 'x', keys: ['-x'], gnupghome: `${folder}/r` }),
    fails: () => '-x is no id of a key',
  },
]);
describeRealState(absent, [
  {
    title: 'misses no key that is not there',
    before: makeRing,
    arguments: (folder) => ({ name: unknown, gnupghome: `${folder}/r` }),
    ok: () => `${unknown} not found in GPG keychain`,
  },
  {
    title: 'keeps a key whose secret part is there',
    before: makeRing,
    arguments: (folder) => ({ name: idOf(folder), gnupghome: `${folder}/m` }),
    fails: (folder) =>
      `The secret key of ${idOf(folder)} is there; it is lost only by gpg.delete_key with delete_secret`,
  },
]);
