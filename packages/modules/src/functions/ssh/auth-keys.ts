import { getHashes } from 'node:crypto';
import type { Plain } from '@brine/common';
import { z } from 'zod';
import { optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { keyFile, readKeys, writeKeys } from '../../providers/ssh/authorized-keys.ts';
import {
  fullType,
  isKeyType,
  placeKeyLine,
  readKeyLine,
  writeKeyLine,
  type KeyLine,
} from '../../providers/ssh/key-line.ts';
import { keyFingerprint } from '../../providers/ssh/key-fingerprint.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { chooseSaltenv, saltenvArgument } from '../saltenv.ts';
import { readText } from '../text-file.ts';

const user = safeName('the name of an account').describe('The account.');
const key = text().describe('The key itself, without its type.');
const enc = withDefault(safeName('a type of key'), 'ssh-rsa').describe('Type of the key.');
const comment = withDefault(text(), '').describe('Comment behind the key.');
const options = withDefault(textList(), []).describe('Options before the key.');
const config = withDefault(text(), '.ssh/authorized_keys').describe('The file, from the home folder; %h and %u work.');
const source = text().describe('Address of a file with keys.');
/** The kind of fingerprint that is answered. */
export const hashType = withDefault(safeName('a hash'), 'sha256').describe('Kind of the fingerprint.');

const cacheKeys = optional(textList()).describe('Accepted for Salt; keys are read from the file alone.');

export const authKeys = defineFunction({
  name: 'ssh.auth_keys',
  summary: 'The keys that may log in to an account, or to several by account.',
  args: z.object({
    user: optional(textList()).describe('The account, or a list; all unless given.'),
    config,
    fingerprint_hash_type: hashType,
  }),
  examples: ["'*' ssh.auth_keys root", `'*' ssh.auth_keys user='[user1, user2]'`],
  async run(args, context) {
    const users = args.user ?? (await context.host.accounts()).map(({ name }) => name);
    const found: Record<string, Plain> = {};
    for (const name of users) {
      const lines = await loadKeys(context, { user: name, config: args.config });
      if (lines !== undefined) found[name] = describeKeys(lines, args.fingerprint_hash_type);
    }
    return args.user?.length === 1 ? (found[users[0] ?? ''] ?? {}) : found;
  },
});

export const checkKey = defineFunction({
  name: 'ssh.check_key',
  summary: 'Whether a key would be added, updated, or exists as it is.',
  args: z.object({ user, key, enc, comment, options, config, cache_keys: cacheKeys, fingerprint_hash_type: hashType }),
  examples: ["'*' ssh.check_key root AAAAB3Nza ssh-rsa me@host"],
  run: async (args, context) => compareKey((await loadKeys(context, args)) ?? [], toLine(args)),
});

export const checkKeyFile = defineFunction({
  name: 'ssh.check_key_file',
  summary: 'For each key of a file whether it would be added, updated, or exists as it is.',
  args: z.object({ user, source, config, saltenv: saltenvArgument, fingerprint_hash_type: hashType }),
  examples: ["'*' ssh.check_key_file root salt://ssh/keyfile"],
  async run(args, context) {
    const present = (await loadKeys(context, args)) ?? [];
    const path = await fetchKeyFile(args, context);
    const lines = path === undefined ? [] : await keysOf(path, args.source, context);
    return Object.fromEntries(lines.map((line) => [line.key, compareKey(present, line)]));
  },
});

export const setAuthKey = defineFunction({
  name: 'ssh.set_auth_key',
  summary: 'Lets a key log in to an account; answers new, replace, no change, or why it could not.',
  args: z.object({ user, key, enc, comment, options, config, cache_keys: cacheKeys, fingerprint_hash_type: hashType }),
  examples: ["'*' ssh.set_auth_key root 'AAAAB3Nza' enc=ed25519"],
  async run(args, context) {
    if (/\s/.test(args.key)) return 'invalid';
    if ((await context.host.account(args.user)) === undefined) return 'fail';
    if (!isKeyType(args.enc)) throw failure(`Incorrect encryption key type '${args.enc}'.`);
    if (!isKey(args.key)) return 'Invalid public key';
    return putKeys(context, args, [toLine(args)]);
  },
});

export const setAuthKeyFromFile = defineFunction({
  name: 'ssh.set_auth_key_from_file',
  summary: 'Lets the keys of a file log in to an account; answers new, replace, no change or fail.',
  args: z.object({ user, source, config, saltenv: saltenvArgument, fingerprint_hash_type: hashType }),
  examples: ["'*' ssh.set_auth_key_from_file root salt://ssh_keys/user.id_rsa.pub"],
  async run(args, context) {
    const lines = await fetchKeys(args, context);
    if (lines.length === 0 || (await context.host.account(args.user)) === undefined) return 'fail';
    return putKeys(context, args, lines);
  },
});

export const rmAuthKey = defineFunction({
  name: 'ssh.rm_auth_key',
  summary: 'Lets a key no longer log in to an account; answers Key removed or Key not present.',
  args: z.object({ user, key, config, fingerprint_hash_type: hashType }),
  examples: ["'*' ssh.rm_auth_key root AAAAB3Nza"],
  run: (args, context) => dropKeys(context, args, [args.key]),
});

export const rmAuthKeyFromFile = defineFunction({
  name: 'ssh.rm_auth_key_from_file',
  summary: 'Lets the keys of a file no longer log in to an account; answers Key removed or Key not present.',
  args: z.object({ user, source, config, saltenv: saltenvArgument, fingerprint_hash_type: hashType }),
  examples: ["'*' ssh.rm_auth_key_from_file root salt://ssh_keys/user.id_rsa.pub"],
  async run(args, context) {
    const lines = await fetchKeys(args, context);
    if (lines.length === 0) return 'fail';
    return dropKeys(
      context,
      args,
      lines.map((line) => line.key),
    );
  },
});

interface KeyPlace {
  readonly user: string;
  readonly config: string;
}

async function loadKeys({ host }: FunctionContext, place: KeyPlace): Promise<readonly KeyLine[] | undefined> {
  const path = await keyFile(host, place);
  if (path === undefined || (await host.files.stat(path, { follow: true }))?.kind !== 'file') return undefined;
  return readLines(await readKeys(host, path));
}

function readLines(content: string): readonly KeyLine[] {
  return content.split('\n').flatMap((line) => readKeyLine(line) ?? []);
}

async function fetchKeys(wanted: KeySource, context: FunctionContext): Promise<readonly KeyLine[]> {
  const path = await fetchKeyFile(wanted, context);
  if (path === undefined) throw failure('Failed to pull key file from salt file server');
  return keysOf(path, wanted.source, context);
}

interface KeySource {
  readonly source: string;
  readonly saltenv: string | undefined;
}

async function fetchKeyFile({ source, saltenv }: KeySource, context: FunctionContext): Promise<string | undefined> {
  const path = await context.call('cp.cache_file', [source, chooseSaltenv(saltenv, context)]);
  return typeof path === 'string' && path !== '' ? path : undefined;
}

async function keysOf(path: string, url: string, context: FunctionContext): Promise<readonly KeyLine[]> {
  const lines = readLines((await readText(context.host, path)) ?? '');
  if (lines.length === 0) context.log.error('there are no keys in the file', { source: url });
  return lines;
}

function toLine(args: Omit<KeyLine, 'type'> & { readonly enc: string }): KeyLine {
  return { options: args.options, type: fullType(args.enc), key: args.key, comment: args.comment };
}

function isKey(text: string): boolean {
  return text !== '' && /^[A-Za-z0-9+/]+=*$/.test(text) && text.length % 4 === 0;
}

function compareKey(present: readonly KeyLine[], line: KeyLine): 'add' | 'update' | 'exists' {
  const found = present.find((one) => one.key === line.key);
  if (found === undefined) return 'add';
  return writeKeyLine(found) === writeKeyLine(line) ? 'exists' : 'update';
}

async function putKeys(context: FunctionContext, place: KeyPlace, lines: readonly KeyLine[]): Promise<string> {
  const { host } = context;
  const [account, path] = [await host.account(place.user), await keyFile(host, place)];
  if (account === undefined || path === undefined) return 'fail';
  const before = await readKeys(host, path);
  const kinds = lines.map((line) => compareKey(readLines(before), line));
  if (kinds.every((kind) => kind === 'exists')) return 'no change';
  await writeKeys(host, path, { text: lines.reduce(placeKeyLine, before), account });
  return kinds.includes('update') ? 'replace' : 'new';
}

async function dropKeys(context: FunctionContext, place: KeyPlace, keys: readonly string[]): Promise<string> {
  const { host } = context;
  const account = await host.account(place.user);
  if (account === undefined) return 'Key not present';
  const path = await keyFile(host, place);
  const before = (await readKeys(host, path)).split('\n');
  const kept = before.filter((line) => !keys.includes(readKeyLine(line)?.key ?? ''));
  if (path === undefined || kept.length === before.length) return 'Key not present';
  await writeKeys(host, path, { text: kept.join('\n'), account });
  return 'Key removed';
}

function describeKeys(lines: readonly KeyLine[], kind: string): Plain {
  const rows = lines.map(({ key: one, type, comment: note, options: given }): [string, Plain] => [
    one,
    { enc: type, comment: note, options: [...given], fingerprint: fingerprintOf(one, kind) },
  ]);
  return Object.fromEntries(rows);
}

/** The fingerprint of a key as pairs of hexadecimal digits, parted by colons. */
export function fingerprintOf(key: string, kind: string): string {
  if (!getHashes().includes(kind.toLowerCase())) throw failure(`The fingerprint_hash_type ${kind} is not supported.`);
  return keyFingerprint(key, kind.toLowerCase());
}
