import type { Plain } from '@brine/common';
import { isDict } from '@brine/common';
import { posix } from 'node:path';
import { z } from 'zod';
import { flag, integer, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { isAbout, knownHostsFile, knownName, readKnownHost } from '../../providers/ssh/known-hosts.ts';
import { failure } from '../failure.ts';
import { runAndTell } from '../run-program.ts';
import { safeName } from '../safe-name.ts';
import { readText, writeText } from '../text-file.ts';
import { hashType } from './auth-keys.ts';

const user = optional(safeName('the name of an account')).describe(
  'The account that trusts the host; all unless given.',
);
const config = optional(text()).describe('The file, from the home folder.');
const keyText = text().refine((value) => /^[A-Za-z0-9+/=]+$/.test(value), 'must be a key');

export const setKnownHost = defineFunction({
  name: 'ssh.set_known_host',
  summary: 'Trusts the key of a host: a given one, or what the host tells when its fingerprint is right.',
  args: z.object({
    user,
    hostname: optional(safeName('the name of a host')).describe('Name or address of the host.'),
    fingerprint: optional(text()).describe('Fingerprint the key has to have.'),
    key: optional(keyText).describe('The key; the host is asked unless given.'),
    port: optional(integer()).describe('Port of the ssh server.'),
    enc: optional(safeName('a type of key')).describe('Type of the key.'),
    config,
    hash_known_hosts: withDefault(flag(), true).describe('Hide the name of the host.'),
    timeout: withDefault(integer(), 5).describe('Seconds to wait for the host.'),
    fingerprint_hash_type: hashType,
  }),
  examples: ["'*' ssh.set_known_host user fingerprint='xx:xx:..:xx' hostname=github.com"],
  async run(args, context): Promise<Plain> {
    const { hostname } = args;
    if (hostname === undefined) return problem('hostname argument required');
    if (args.port !== undefined && args.port !== 22 && args.hash_known_hosts)
      return problem('argument port can not be used in conjunction with argument hash_known_hosts');
    return trust({ ...args, hostname }, context);
  },
});

interface Trust {
  readonly user: string | undefined;
  readonly hostname: string;
  readonly fingerprint: string | undefined;
  readonly key: string | undefined;
  readonly port: number | undefined;
  readonly enc: string | undefined;
  readonly config: string | undefined;
  readonly hash_known_hosts: boolean;
  readonly timeout: number;
  readonly fingerprint_hash_type: string;
}

type Entry = Readonly<Record<'hostname' | 'enc' | 'key' | 'fingerprint', string>>;

async function trust(wish: Trust, context: FunctionContext): Promise<Plain> {
  const path = await knownHostsFile(context.host, wish);
  if (path === undefined) return problem(`User ${wish.user ?? ''} does not exist`);
  const stored = await entriesOf('ssh.get_known_host_entries', [wish.user ?? null, wish.hostname], wish, context);
  const keys = stored.map(({ key }) => key);
  const exists: Plain = { status: 'exists', keys };
  const isFine = isSettled(wish, stored);
  if (isFine && (wish.key !== undefined || wish.fingerprint !== undefined)) return exists;
  const told = await receive(wish, context);
  if (typeof told === 'string') return problem(told);
  if (isFine && told.some(({ key }) => keys.includes(key))) return exists;
  await replace(path, wish, told, context);
  return {
    status: 'updated',
    old: stored.length === 0 ? null : stored.map((each) => ({ ...each })),
    new: told.map((each) => describe(each, wish)),
  };
}

// Of a key that was given Salt tells no fingerprint.
function describe({ fingerprint, ...entry }: Entry, wish: Trust): Plain {
  return wish.key === undefined ? { ...entry, fingerprint } : entry;
}

function isSettled(wish: Trust, stored: readonly Entry[]): boolean {
  const has = (member: 'key' | 'fingerprint', value: string | undefined): boolean =>
    value === undefined || stored.some((entry) => entry[member] === value);
  return stored.length > 0 && has('fingerprint', wish.fingerprint) && has('key', wish.key);
}

async function receive(wish: Trust, context: FunctionContext): Promise<readonly Entry[] | string> {
  if (wish.key !== undefined) {
    if (wish.enc === undefined) throw failure("The type of the key is needed with 'key': enc.");
    return [{ hostname: wish.hostname, enc: wish.enc, key: wish.key, fingerprint: '' }];
  }
  const told = await entriesOf('ssh.recv_known_host_entries', [wish.hostname], wish, context);
  if (told.length === 0) return 'Unable to receive remote host keys';
  if (wish.fingerprint === undefined || told.some(({ fingerprint }) => fingerprint === wish.fingerprint)) return told;
  return 'Remote host public keys found but none of their fingerprints match the one you have provided';
}

async function entriesOf(
  name: string,
  positional: readonly (string | null)[],
  wish: Trust,
  { call }: FunctionContext,
): Promise<readonly Entry[]> {
  const isAsking = name.startsWith('ssh.recv');
  const given: readonly (readonly [string, string | number | boolean | undefined])[] = [
    ['port', wish.port],
    ['fingerprint_hash_type', wish.fingerprint_hash_type],
    ...(isAsking
      ? ([
          ['enc', wish.enc],
          ['hash_known_hosts', wish.hash_known_hosts],
          ['timeout', wish.timeout],
        ] as const)
      : ([['config', wish.config]] as const)),
  ];
  const keyword = new Map(given.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
  const found = await call(name, positional, keyword);
  if (!Array.isArray(found)) return [];
  return found.filter(isDict).map((entry) => {
    const read = (key: string): string => String((entry.get(key) ?? '') as string);
    return { hostname: read('hostname'), enc: read('enc'), key: read('key'), fingerprint: read('fingerprint') };
  });
}

async function replace(path: string, wish: Trust, told: readonly Entry[], context: FunctionContext): Promise<void> {
  const { host } = context;
  const content = (await readText(host, path)) ?? '';
  const name = knownName(wish.hostname, wish.port);
  const kept = content.split('\n').filter((line) => {
    const known = readKnownHost(line);
    const isOld =
      known !== undefined && isAbout(known, name) && (wish.enc === undefined || line.includes(` ${wish.enc} `));
    return !isOld && line !== '';
  });
  const added = told.map((entry) => {
    const isPlain =
      wish.hash_known_hosts || wish.port === undefined || wish.port === 22 || entry.hostname.includes(':');
    return `${isPlain ? entry.hostname : `[${entry.hostname}]:${wish.port}`} ${entry.enc} ${entry.key}`;
  });
  const account = wish.user === undefined ? undefined : await host.account(wish.user);
  const owner = account === undefined ? {} : { uid: account.uid, gid: account.gid };
  const mode = (await host.files.stat(path))?.mode ?? 0o600;
  const folder = posix.dirname(path);
  if ((await host.files.stat(folder)) === undefined)
    await host.files.makeDirectory(folder, { mode: 0o700, parents: true, ...owner });
  await writeText(host, path, `${[...kept, ...added].join('\n')}\n`, { mode, ...owner });
  if (wish.key !== undefined && wish.hash_known_hosts) await hashNames(path, context);
}

export const hashKnownHosts = defineFunction({
  name: 'ssh.hash_known_hosts',
  summary: 'Hides the names of the hosts that are trusted.',
  args: z.object({ user, config }),
  examples: ["'*' ssh.hash_known_hosts"],
  async run(args, context): Promise<Plain> {
    const path = await knownHostsFile(context.host, args);
    if (path === undefined) return problem(`User ${args.user ?? ''} does not exist`);
    const before = await context.host.files.stat(path);
    if (before === undefined) return problem(`Known hosts file ${path} does not exist`);
    const comment = await hashNames(path, context);
    await context.host.files.setAttributes(path, { mode: before.mode, uid: before.uid, gid: before.gid });
    return { status: 'updated', comment };
  },
});

function hashNames(path: string, context: FunctionContext): Promise<string> {
  return runAndTell(context, ['ssh-keygen', '-H', '-f', path], { timeout: 60_000 });
}

function problem(error: string): Plain {
  return { status: 'error', error };
}
