import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, optional, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import {
  deleteKey as removeKey,
  findKey,
  hasSecret,
  listKeys as readKeys,
  passphraseOf,
  reasonOf,
  setTrust,
  trustLevels,
  trustText,
  type ListedKey,
} from '../../providers/gpg/keyring.ts';
import { formatTime } from '../format-time.ts';
import { safeName } from '../safe-name.ts';
import { gnupghome, keyringOf, user } from './place.ts';

const keyid = optional(safeName('the id of a key')).describe('Id of the key, short or long.');
const fingerprint = optional(safeName('a fingerprint')).describe('Fingerprint of the key.');

function describeKey(key: ListedKey): Record<string, Plain> {
  const date = (seconds: string): string => formatTime(new Date(Number(seconds) * 1000), '%Y-%m-%d');
  return {
    keyid: key.keyid,
    fingerprint: key.fingerprint,
    uids: [...key.uids],
    ...(key.expires === '' ? {} : { expires: date(key.expires) }),
    ...(key.created === '' ? {} : { created: date(key.created) }),
    ...(key.length === '' ? {} : { keyLength: key.length }),
    ...(key.ownerTrust === '' ? {} : { ownerTrust: trustText(key.ownerTrust) }),
    ...(key.trust === '' ? {} : { trust: trustText(key.trust) }),
  };
}

function listing(name: string, summary: string, secret: boolean) {
  return defineFunction({
    name,
    summary,
    args: z.object({ user, gnupghome }),
    examples: [`'*' ${name}`],
    run: async (args, context) =>
      (await readKeys(context.host, await keyringOf(context, args), { secret, updatesTrust: true })).map((key) =>
        describeKey(key),
      ),
  });
}

function getting(name: string, summary: string, secret: boolean) {
  return defineFunction({
    name,
    summary,
    args: z.object({ keyid, fingerprint, user, gnupghome }),
    examples: [`'*' ${name} keyid=3FAD9F1E`],
    async run(args, context) {
      const found = findKey(
        await readKeys(context.host, await keyringOf(context, args), { secret, updatesTrust: true }),
        args,
      );
      return found === undefined ? false : describeKey(found);
    },
  });
}

export const listKeys = listing('gpg.list_keys', 'The public keys of a keyring.', false);
export const listSecretKeys = listing('gpg.list_secret_keys', 'The secret keys of a keyring.', true);
export const getKey = getting('gpg.get_key', 'A public key of a keyring; false when it is not there.', false);
export const getSecretKey = getting(
  'gpg.get_secret_key',
  'A secret key of a keyring; false when it is not there.',
  true,
);

function refused(message: string): Plain {
  return { res: false, message };
}

export const deleteKey = defineFunction({
  name: 'gpg.delete_key',
  summary: 'Takes a key out of a keyring; with delete_secret its secret part too.',
  args: z.object({
    keyid,
    fingerprint,
    delete_secret: withDefault(flag(), false).describe('Whether a secret key may be lost.'),
    user,
    gnupghome,
    use_passphrase: withDefault(flag(), true).describe('Hand over gpg_passphrase of the pillar, when it has one.'),
  }),
  examples: ["'*' gpg.delete_key keyid=3FAD9F1E", "'*' gpg.delete_key keyid=3FAD9F1E user=username delete_secret=True"],
  async run(args, context) {
    if (args.fingerprint !== undefined && args.keyid !== undefined)
      return refused('Only specify one argument, fingerprint or keyid');
    if (args.fingerprint === undefined && args.keyid === undefined)
      return refused('Required argument, fingerprint or keyid');
    const keyring = await keyringOf(context, args);
    const key = findKey(await readKeys(context.host, keyring), args);
    if (key === undefined) return refused('Key not available in keychain.');
    const isSecret = await hasSecret(context.host, keyring, key);
    if (isSecret && !args.delete_secret) return refused('Secret key exists, delete first or pass delete_secret=True.');
    const passphrase = args.use_passphrase && isSecret ? passphraseOf(context.pillar) : undefined;
    const { exitCode, stderr } = await removeKey(context.host, keyring, { fingerprint: key.fingerprint, passphrase });
    if (exitCode !== 0) return refused(reasonOf(stderr));
    const secret = isSecret ? `Secret key for ${key.fingerprint} deleted\n` : '';
    return { res: true, message: `${secret}Public key for ${key.fingerprint} deleted` };
  },
});

export const trustKey = defineFunction({
  name: 'gpg.trust_key',
  summary: 'Says how far the owner of a key is trusted.',
  args: z.object({
    keyid,
    fingerprint,
    trust_level: optional(lineText()).describe(`One of ${[...trustLevels.keys()].join(', ')}.`),
    user,
    gnupghome,
  }),
  examples: ["'*' gpg.trust_key keyid='3FAD9F1E' trust_level='marginally'"],
  async run(args, context): Promise<Plain> {
    if (args.fingerprint !== undefined && args.keyid !== undefined)
      return refused('Only specify one argument, fingerprint or keyid');
    if (args.fingerprint === undefined && args.keyid === undefined)
      return refused('Required argument, fingerprint or keyid');
    const keyring = await keyringOf(context, args);
    const found = args.fingerprint ?? findKey(await readKeys(context.host, keyring), args)?.fingerprint;
    if (found === undefined) return refused(`KeyID ${args.keyid ?? ''} not in GPG keychain`);
    const level = trustLevels.get(args.trust_level ?? '');
    if (level === undefined) return `ERROR: Valid trust levels - ${[...trustLevels.keys()].join(',')}`;
    const { exitCode, stderr } = await setTrust(context.host, keyring, { fingerprint: found, level: level.number });
    if (exitCode !== 0) return refused(reasonOf(stderr));
    return { res: true, message: trustMessage(stderr), fingerprint: found };
  },
});

function trustMessage(stderr: string): string {
  const shown = (digit: string | undefined): string =>
    [...trustLevels.values()].find(({ number }) => String(number) === digit)?.shown ?? 'Unknown';
  const changed = /ownertrust from (\d) to (\d)/.exec(stderr);
  if (changed !== null) return `Changing ownership trust from ${shown(changed[1])} to ${shown(changed[2])}.`;
  const set = /ownertrust (?:of|to) (\d)/.exec(stderr);
  return set === null ? '' : `Setting ownership trust to ${shown(set[1])}.`;
}
