import { createHmac, randomBytes } from 'node:crypto';
import type { Plain } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { refuseWayOut } from './authorized-keys.ts';
import { keyFingerprint } from './key-fingerprint.ts';

/** A line of a known_hosts file. */
export interface KnownHost {
  readonly names: string;
  readonly type: string;
  readonly key: string;
}

/** Where the keys of hosts stand: an account's own file, or the machine's. */
export async function knownHostsFile(
  host: ReadHost,
  { user, config }: { readonly user: string | undefined; readonly config: string | undefined },
): Promise<string | undefined> {
  if (config?.startsWith('/') === true) return config;
  if (user === undefined) return config === undefined ? '/etc/ssh/ssh_known_hosts' : undefined;
  refuseWayOut(config ?? '');
  const home = (await host.account(user))?.home;
  return home === undefined ? undefined : `${home}/${config ?? '.ssh/known_hosts'}`;
}

/** The file as comments name it: as it was given, or its usual name. */
export function shownFile({
  user,
  config,
}: {
  readonly user: string | undefined;
  readonly config: string | undefined;
}): string {
  return config ?? (user === undefined ? '/etc/ssh/ssh_known_hosts' : '.ssh/known_hosts');
}

/** A line as changes tell it. */
export function knownEntry(hostname: string, { type, key }: KnownHost, hash: string): Plain {
  return { hostname, enc: type, key, fingerprint: keyFingerprint(key, hash) };
}

/** The name a host is known under: with its port when that is not 22. */
export function knownName(name: string, port: number | undefined): string {
  return port === undefined || port === 22 ? name : `[${name}]:${port}`;
}

/** Reads a line; `undefined` for comments and the like. */
export function readKnownHost(line: string): KnownHost | undefined {
  const [names = '', type = '', key = ''] = line.trim().split(/\s+/);
  return names === '' || names.startsWith('#') || names.startsWith('@') || key === ''
    ? undefined
    : { names, type, key };
}

/** Whether a line is about a host, also when its name is hashed. */
export function isAbout(line: KnownHost, name: string): boolean {
  const [, , salt, digest] = line.names.split('|');
  if (!line.names.startsWith('|1|') || salt === undefined) return line.names.split(',').includes(name);
  return hashName(name, salt) === digest;
}

/** A name as ssh hides it. */
export function hiddenName(name: string): string {
  const salt = randomBytes(20).toString('base64');
  return `|1|${salt}|${hashName(name, salt)}`;
}

function hashName(name: string, salt: string): string {
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64');
}
