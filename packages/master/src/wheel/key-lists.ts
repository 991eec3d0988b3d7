import { AppError, compileGlob, parseMinionId, type Plain, type Value } from '@brine/common';
import type { KeyEntry, KeyState } from '@brine/api';
import { encodePublicKey, encodeSecretKey, fingerprint, generateIdentity } from '@brine/bus';
import { flag, integer, optional, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineWheel, type WheelContext } from './define-wheel.ts';
import { bySection, idsOf, sectionOf } from './key-sections.ts';

const match = text().describe('A wildcard over ids, or several separated by commas.');
const local = ['master.pem', 'master.pub'];

/** `key.list_all` */
export const listAll = defineWheel({
  name: 'key.list_all',
  summary: 'The ids of all keys by state.',
  args: z.object({}),
  example: '{"fun": "key.list_all"}',
  async run(_args, { keys }) {
    const all = await keys.list();
    return { local, ...sections(all, ['accepted', 'pending', 'rejected', 'denied']) };
  },
});

const statesByName: readonly (readonly [RegExp, readonly KeyState[]])[] = [
  [/^acc/, ['accepted']],
  [/^(?:pre|un)/, ['pending']],
  [/^rej/, ['rejected']],
  [/^den/, ['denied']],
  [/^all/, ['accepted', 'pending', 'rejected', 'denied']],
];

/** `key.list` */
export const listKeys = defineWheel({
  name: 'key.list',
  summary: 'The ids of the keys in one state.',
  args: z.object({ match: text().describe('`accepted`, `pre` or `unaccepted`, `rejected`, `denied`, `all`.') }),
  example: '{"fun": "key.list", "match": "accepted"}',
  async run({ match: name }, { keys }) {
    const [, states = []] = statesByName.find(([pattern]) => pattern.test(name.toLowerCase())) ?? [];
    return sections(await keys.list(), states);
  },
});

/** `key.name_match` */
export const nameMatch = defineWheel({
  name: 'key.name_match',
  summary: 'The ids of the keys that match, by state.',
  args: z.object({ match }),
  example: '{"fun": "key.name_match", "match": "web*"}',
  run: async ({ match: globs }, context) => bySection(await matching(globs, context), idsOf),
});

/** `key.key_str` */
export const keyText = defineWheel({
  name: 'key.key_str',
  summary: 'The public keys that match, by state and id.',
  args: z.object({ match }),
  example: '{"fun": "key.key_str", "match": "web1"}',
  run: async ({ match: globs }, context) =>
    bySection(await matching(globs, context), (keys) => new Map(keys.map(({ id, publicKey }) => [id, publicKey]))),
});

/** `key.master_key_str` */
export const masterKeyText = defineWheel({
  name: 'key.master_key_str',
  summary: "The master's public key.",
  args: z.object({}),
  example: '{"fun": "key.master_key_str"}',
  run: async (_args, { keys }) => ({ local: { 'master.pub': (await keys.master()).publicKey } }),
});

/** `key.finger` */
export const finger = defineWheel({
  name: 'key.finger',
  summary: 'The fingerprints of the keys that match, by state and id; with `*` also that of the master.',
  args: z.object({
    match,
    hash_type: optional(text()).describe('Only sha256: fingerprints are what keys are known by.'),
  }),
  example: '{"fun": "key.finger", "match": "*"}',
  async run({ match: globs, hash_type: hash }, context) {
    requireSha256(hash);
    const found = bySection(
      await matching(globs, context),
      (keys) => new Map(keys.map(({ id, fingerprint: print }) => [id, print])),
    );
    if (!globs.split(',').some((glob) => compileGlob(glob)('master.pub'))) return found;
    return new Map<Value, Plain>([['local', { 'master.pub': (await context.keys.master()).fingerprint }], ...found]);
  },
});

/** `key.finger_master` */
export const fingerMaster = defineWheel({
  name: 'key.finger_master',
  summary: "The fingerprint of the master's key.",
  args: z.object({ hash_type: optional(text()).describe('Only sha256.') }),
  example: '{"fun": "key.finger_master"}',
  async run({ hash_type: hash }, { keys }) {
    requireSha256(hash);
    return { local: { 'master.pub': (await keys.master()).fingerprint } };
  },
});

const keysize = optional(integer()).describe('Without effect: keys are Ed25519, which has one size.');

/** `key.gen` */
export const generate = defineWheel({
  name: 'key.gen',
  summary: 'A new key pair for a minion, which is kept nowhere.',
  args: z.object({ id_: optional(text()).describe('The id the pair is meant for.'), keysize }),
  example: '{"fun": "key.gen", "id_": "web9"}',
  isPrivate: true,
  run({ id_: id }) {
    if (id !== undefined) requireId(id);
    return newPair().texts;
  },
});

/** `key.gen_accept` */
export const generateAccepted = defineWheel({
  name: 'key.gen_accept',
  summary: 'A new key pair for a minion, accepted at once; an empty answer when the id has a key already.',
  args: z.object({
    id_: text().describe('The id of the minion.'),
    keysize,
    force: withDefault(flag(), false).describe('Replace a key that the id has already.'),
  }),
  example: '{"fun": "key.gen_accept", "id_": "web9"}',
  isPrivate: true,
  async run({ id_: name, force }, { keys }) {
    const id = requireId(name);
    const all: readonly KeyState[] = ['accepted', 'pending', 'rejected', 'denied'];
    const known = (await keys.list()).filter((key) => key.id === id);
    if (known.length > 0) {
      if (!force) return {};
      await keys.change({ action: 'delete', match: id, from: all });
    }
    const { texts, publicKey } = newPair();
    await keys.admit({ id, publicKey, fingerprint: fingerprint(publicKey), text: texts.pub.trim(), claims: {} });
    const [admitted] = (await keys.list()).filter((key) => key.id === id);
    if (admitted?.state !== 'accepted') await keys.change({ action: 'accept', match: id, from: ['pending'] });
    return texts;
  },
});

function newPair(): {
  readonly texts: { readonly pub: string; readonly priv: string };
  readonly publicKey: Uint8Array;
} {
  const { identity, secret } = generateIdentity('minion');
  const texts = { pub: encodePublicKey('minion', identity.publicKey), priv: encodeSecretKey('minion', secret) };
  secret.fill(0);
  return { texts, publicKey: identity.publicKey };
}

function sections(keys: readonly KeyEntry[], states: readonly KeyState[]): { readonly [key: string]: Plain } {
  return Object.fromEntries(
    states.map((state) => [sectionOf[state], idsOf(keys.filter((key) => key.state === state))]),
  );
}

async function matching(globs: string, { keys }: WheelContext): Promise<readonly KeyEntry[]> {
  const tests = globs.split(',').map((glob) => compileGlob(glob));
  return (await keys.list()).filter(({ id }) => tests.some((test) => test(id)));
}

function requireId(text_: string): NonNullable<ReturnType<typeof parseMinionId>> {
  const id = parseMinionId(text_);
  if (id !== undefined) return id;
  throw new AppError({ code: 'wheel-failed', message: `'${text_}' cannot be the id of a minion` });
}

function requireSha256(hash: string | undefined): void {
  if (hash === undefined || hash === 'sha256') return;
  throw new AppError({ code: 'wheel-failed', message: `fingerprints are sha256, not ${hash}` });
}
