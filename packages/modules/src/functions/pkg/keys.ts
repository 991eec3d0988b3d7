import { posix } from 'node:path';
import type { Plain } from '@brine/common';
import { z } from 'zod';
import { either, flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { signingKeyOf } from '../../providers/repositories/ppa.ts';
import { failure } from '../failure.ts';
import { importKey } from '../lowpkg/rpm-keys.ts';
import { rpmRoot } from '../lowpkg/rpm-root.ts';
import { complaint, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const aptkey = withDefault(flag(), true).describe('Use apt-key, where the machine has it.');
const keydir = withDefault(safeName('a path'), '/etc/apt/keyrings').describe('Folder of keys, without apt-key.');

type Facts = Record<string, Plain>;

export const getRepoKeys = defineFunction({
  name: 'pkg.get_repo_keys',
  ignoresOthers: true,
  summary: 'The keys apt trusts, by id; false when there is no folder of keys.',
  args: z.object({
    aptkey,
    keydir,
    info: withDefault(flag(), false).describe('On rpm: tell what is known of each.'),
    root: rpmRoot,
  }),
  examples: ["'*' pkg.get_repo_keys", "'*' pkg.get_repo_keys aptkey=False"],
  async run({ aptkey: wished, keydir: folder, info, root }, context) {
    if (await keepsRpm(context)) return context.call('lowpkg.list_gpg_keys', [info, root ?? null]);
    const keys = await readKeys(context, wished, folder);
    return keys === undefined ? false : Object.fromEntries(keys);
  },
});

export const addRepoKey = defineFunction({
  name: 'pkg.add_repo_key',
  ignoresOthers: true,
  summary: 'Has apt trust a key out of a file, a text or a key server; answers whether that went well.',
  args: z.object({
    path: optional(text()).describe('Path or address of the key.'),
    text: optional(text()).describe('The key itself.'),
    keyserver: optional(safeName('a key server')).describe('A server to ask for it.'),
    keyid: optional(keyId()).describe('Its id, for the server and to see whether it is there already.'),
    saltenv: withDefault(text(), 'base').describe('The environment of `salt://`.'),
    aptkey,
    keydir,
    keyfile: optional(fileName()).describe('Name of its file in the folder of keys.'),
    root: rpmRoot,
  }),
  examples: [
    "'*' pkg.add_repo_key 'salt://apt/sources/test.key'",
    "'*' pkg.add_repo_key keyserver='keyserver.example' keyid='0000AAAA'",
  ],
  async run(args, context) {
    return (await keepsRpm(context)) ? importForRpm(args, context) : importForApt(args, context);
  },
});

interface Importing extends Omit<Receiving, 'usesAptKey'> {
  readonly path: string | undefined;
  readonly text: string | undefined;
  readonly saltenv: string;
  readonly aptkey: boolean;
}

async function importForApt(args: Importing, context: FunctionContext): Promise<boolean> {
  const usesAptKey = args.aptkey && (await context.host.which('apt-key')) !== undefined;
  const known = await readKeys(context, args.aptkey, args.keydir);
  if (known === undefined) return false;
  const { keyid } = args;
  if (keyid !== undefined && [...known.keys()].some((id) => id.endsWith(keyid))) return true;
  if (args.path === undefined && args.text === undefined) return receive({ ...args, usesAptKey }, context);
  const key = await content(args, context);
  if (key === undefined) return false;
  if (usesAptKey) return ends(context, ['apt-key', 'add', '-'], key);
  const name = args.keyfile ?? (args.path === undefined ? undefined : posix.basename(args.path));
  if (name === undefined) throw failure('You must define the name of the key file to save the key (keyfile).');
  return unpack(key, `${args.keydir}/${name}`, context);
}

async function importForRpm(
  { root, ...given }: Parameters<typeof content>[0] & { readonly root: string | undefined },
  context: FunctionContext,
): Promise<boolean> {
  if ((given.path === undefined) === (given.text === undefined))
    throw failure(given.path === undefined ? 'Provide a key to add' : 'Add a key via path or key');
  const key = await content(given, context);
  return key !== undefined && importKey(Buffer.from(key).toString(), root, context);
}

async function keepsRpm({ host, grains }: FunctionContext): Promise<boolean> {
  return ['dnf', 'yum', 'zypper'].includes((await choosePackageManager(host, grains)).name);
}

interface Receiving {
  readonly keyserver?: string | undefined;
  readonly keyid?: string | undefined;
  readonly keyfile?: string | undefined;
  readonly keydir: string;
  readonly usesAptKey: boolean;
}

async function receive(given: Receiving, context: FunctionContext): Promise<boolean> {
  const { keyserver, keyid, keyfile, keydir: folder, usesAptKey } = given;
  if (keyserver === undefined && keyid === undefined)
    throw failure('add_repo_key() takes at least 1 argument (0 given)');
  if (keyserver === undefined) throw failure(`No keyserver specified for keyid: ${keyid ?? ''}`);
  if (keyid === undefined) throw failure(`No keyid or keyid too short for keyserver: ${keyserver}`);
  if (usesAptKey) return ends(context, ['apt-key', 'adv', '--batch', '--keyserver', keyserver, '--recv', keyid]);
  if (keyfile === undefined) {
    context.log.error('the key file needs a name: keyfile');
    return false;
  }
  const ring = ['gpg', '--no-default-keyring', '--keyring', `${folder}/${keyfile}`];
  return ends(context, [...ring, '--keyserver', keyserver, '--recv-keys', keyid]);
}

async function content(
  {
    path,
    text: given,
    saltenv,
  }: { readonly path?: string | undefined; readonly text?: string | undefined; readonly saltenv: string },
  context: FunctionContext,
): Promise<Uint8Array | undefined> {
  if (path === undefined) return Buffer.from(given ?? '');
  const cached = await context.call('cp.cache_file', [path, saltenv]);
  return typeof cached === 'string' && cached !== '' ? context.host.files.read(cached) : undefined;
}

async function unpack(key: Uint8Array, path: string, context: FunctionContext): Promise<boolean> {
  if (!Buffer.from(key).includes('-----BEGIN PGP') || path.endsWith('.asc')) {
    await context.host.files.write(path, key, { mode: 0o644 });
    return true;
  }
  const command = ['gpg', '--batch', '--yes', '--output', path, '--dearmor'];
  return ends(context, command, key);
}

export const delRepoKey = defineFunction({
  name: 'pkg.del_repo_key',
  ignoresOthers: true,
  summary: 'Has apt trust a key no more; answers its id, or false when it is not there.',
  args: z.object({
    name: optional(lineText()).describe('With keyid_ppa: the archive, ppa:OWNER/NAME.'),
    aptkey,
    keydir,
    keyid: optional(either(keyId(), rpmKeyName())).describe('Id of the key, on rpm its name.'),
    root: rpmRoot,
    keyid_ppa: withDefault(flag(), false).describe('Ask Launchpad for the id of the key of an archive.'),
  }),
  examples: ["'*' pkg.del_repo_key keyid=0123ABCD"],
  async run({ name, aptkey: wished, keydir: folder, keyid: given, keyid_ppa: asks, root }, context) {
    const keyid = asks ? await keyOfPpa(name, context) : given;
    if (keyid === undefined) throw failure('keyid or keyid_ppa and PPA name must be passed');
    if (await keepsRpm(context)) return context.call('lowpkg.remove_gpg_key', [keyid, root ?? null]);
    if (wished && (await context.host.which('apt-key')) !== undefined) {
      const result = await runProgram(context, ['apt-key', 'del', keyid], { timeout: 300_000 });
      if (result.exitCode !== 0) throw failure(`Failed to remove keyid ${keyid}: ${complaint(result)}`);
      return keyid;
    }
    for (const name of (await context.host.files.list(folder)) ?? []) {
      const keys = await readRing(`${folder}/${name}`, context);
      if (![...keys.keys()].some((id) => id.endsWith(keyid))) continue;
      await context.host.files.remove(`${folder}/${name}`);
      return keyid;
    }
    return false;
  },
});

async function keyOfPpa(name: string | undefined, context: FunctionContext): Promise<string> {
  const [, owner, archive] = /^ppa:~?([\w.+][\w.+-]*)\/([\w.+][\w.+-]*)$/.exec(name ?? '') ?? [];
  if (owner === undefined || archive === undefined) throw failure('keyid_ppa requires that a PPA be passed');
  const key = await signingKeyOf({ owner, archive }, context, 'base');
  if (key === undefined) throw failure(`Launchpad does not know about ${owner}/${archive}`);
  return key.slice(-8);
}

async function readKeys(
  context: FunctionContext,
  wished: boolean,
  folder: string,
): Promise<ReadonlyMap<string, Facts> | undefined> {
  const { host, signal } = context;
  if (wished && (await host.which('apt-key')) !== undefined) {
    const options = ['--batch', '--list-public-keys', '--with-fingerprint', '--with-fingerprint', '--with-colons'];
    const command = ['apt-key', 'adv', ...options, '--fixed-list-mode'];
    return readColons((await host.inspect({ command, signal, timeout: 300_000 })).stdout);
  }
  const names = await host.files.list(folder);
  if (names === undefined) {
    context.log.error('the folder of keys does not exist', { folder });
    return undefined;
  }
  const rings = await Promise.all(names.map((name) => readRing(`${folder}/${name}`, context)));
  return new Map(rings.flatMap((ring) => [...ring]));
}

async function readRing(path: string, { host, signal }: FunctionContext): Promise<ReadonlyMap<string, Facts>> {
  const command = [
    'gpg',
    '--no-default-keyring',
    '--keyring',
    path,
    '--list-keys',
    '--with-colons',
    '--with-fingerprint',
  ];
  return readColons((await host.inspect({ command, signal, timeout: 300_000 })).stdout);
}

// The columns of `--with-colons`, see doc/DETAILS of GnuPG.
function readColons(listed: string): ReadonlyMap<string, Facts> {
  const keys = new Map<string, Facts>();
  let key: Facts = {};
  let part: Facts = {};
  for (const line of listed.split('\n')) {
    const columns = line.split(':').map((column) => (column === '' ? null : column));
    const [kind, , , , id = null, , , hash = null, , uid = null] = columns;
    if (kind === 'pub') {
      part = describeKey(columns);
      key = part;
      keys.set(id ?? '', key);
    }
    if (kind === 'sub') {
      part = describeKey(columns);
      key['subkey'] = part;
    }
    if (kind === 'fpr') part['fingerprint'] = uid;
    if (kind === 'uid') Object.assign(key, { uid, uid_hash: hash });
  }
  return keys;
}

function describeKey(columns: readonly (string | null)[]): Facts {
  const column = (index: number): string | null => columns[index] ?? null;
  const number = (index: number): number | null => (column(index) === null ? null : Number(column(index)));
  return {
    algorithm: number(3),
    bits: number(2),
    capability: column(11),
    date_creation: number(5),
    date_expiration: number(6),
    keyid: column(4),
    validity: column(1),
  };
}

async function ends(context: FunctionContext, command: readonly string[], input?: Uint8Array): Promise<boolean> {
  const result = await runProgram(context, command, { timeout: 300_000, ...(input === undefined ? {} : { input }) });
  if (result.exitCode !== 0) context.log.error('the key could not be added', { said: complaint(result) });
  return result.exitCode === 0;
}

function keyId() {
  return safeName('the id of a key').refine((id) => /^(0x)?[0-9A-Fa-f]{8,40}$/.test(id), 'must be the id of a key');
}

function rpmKeyName() {
  return safeName('the name of a key').refine((name) => name.startsWith('gpg-pubkey-'), 'must be the name of a key');
}

function fileName() {
  return safeName('the name of a file').refine((name) => !/\/|^\.\.?$/.test(name), 'must be the name of a file');
}
