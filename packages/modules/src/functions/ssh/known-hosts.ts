import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, integer, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { isAbout, knownHostsFile, knownName, readKnownHost } from '../../providers/ssh/known-hosts.ts';
import { readText, writeText } from '../text-file.ts';
import { safeName } from '../safe-name.ts';
import { fingerprintOf, hashType } from './auth-keys.ts';

const user = optional(safeName('the name of an account')).describe(
  'The account that trusts the host; all unless given.',
);
const hostname = safeName('the name of a host').describe('Name or address of the host.');
const port = optional(integer()).describe('Port of the ssh server.');
const config = optional(text()).describe('The file, from the home folder.');

export const getKnownHostEntries = defineFunction({
  name: 'ssh.get_known_host_entries',
  summary: 'The keys of a host that are trusted; null when there are none.',
  args: z.object({ user, hostname, config, port, fingerprint_hash_type: hashType }),
  examples: ["'*' ssh.get_known_host_entries root git.example.org"],
  async run(args, context) {
    const path = await knownHostsFile(context.host, args);
    return path === undefined ? noFile(args.user) : listEntries(context, { ...args, path });
  },
});

export const checkKnownHost = defineFunction({
  name: 'ssh.check_known_host',
  summary: 'Whether the key of a host would be added, updated, or exists as it is.',
  args: z.object({
    user,
    hostname,
    key: optional(text()).describe('The key.'),
    fingerprint: optional(text()).describe('Its fingerprint, instead.'),
    config,
    port,
    fingerprint_hash_type: hashType,
  }),
  examples: ["'*' ssh.check_known_host root git.example.org key='AAAA...FAaQ=='"],
  async run(args, context) {
    const path = await knownHostsFile(context.host, args);
    const known = path === undefined ? null : await listEntries(context, { ...args, path });
    if (known === null) return 'add';
    const { key, fingerprint } = args;
    const isThere =
      key === undefined
        ? fingerprint === undefined || known.some((one) => one.fingerprint === fingerprint)
        : known.some((one) => one.key === key);
    return isThere ? 'exists' : 'update';
  },
});

export const recvKnownHostEntries = defineFunction({
  name: 'ssh.recv_known_host_entries',
  summary: 'Asks a host for its keys; null when it does not tell.',
  args: z.object({
    hostname,
    enc: optional(safeName('a type of key')).describe('Only keys of this type.'),
    port,
    hash_known_hosts: withDefault(flag(), true).describe('Hide the name of the host.'),
    timeout: withDefault(integer(), 5).describe('Seconds to wait for the host.'),
    fingerprint_hash_type: hashType,
  }),
  examples: ["'*' ssh.recv_known_host_entries git.example.org enc=ed25519 port=2022"],
  async run(args, { host, signal }) {
    const command = [
      'ssh-keyscan',
      ...(args.port === undefined ? [] : ['-p', String(args.port)]),
      ...(args.enc === undefined ? [] : ['-t', args.enc.replace(/^ssh-/, '')]),
      ...(args.hash_known_hosts ? ['-H'] : []),
      ...['-T', String(args.timeout), '--', args.hostname],
    ];
    const { stdout } = await host.inspect({ command, signal, timeout: (args.timeout + 5) * 1000 });
    return describeEntries(stdout, args.fingerprint_hash_type);
  },
});

export const rmKnownHost = defineFunction({
  name: 'ssh.rm_known_host',
  summary: 'Trusts no key of a host any more.',
  args: z.object({ user, hostname, config, port }),
  examples: ["'*' ssh.rm_known_host root git.example.org"],
  async run(args, context) {
    const path = await knownHostsFile(context.host, args);
    if (path === undefined) return noFile(args.user);
    const content = await readText(context.host, path);
    if (content === undefined) return { status: 'error', error: `Known hosts file ${path} does not exist` };
    const name = knownName(args.hostname, args.port);
    const kept = content.split('\n').filter((line) => {
      const known = readKnownHost(line);
      return known === undefined || !isAbout(known, name);
    });
    await writeText(context.host, path, kept.join('\n'));
    return { status: 'removed', comment: `${name} removed from ${path}` };
  },
});

type Entry = { readonly hostname: string; readonly key: string; readonly enc: string; readonly fingerprint: string };

async function listEntries(
  { host }: FunctionContext,
  where: {
    readonly path: string;
    readonly hostname: string;
    readonly port: number | undefined;
    readonly fingerprint_hash_type: string;
  },
): Promise<readonly Entry[] | null> {
  const name = knownName(where.hostname, where.port);
  const lines = ((await readText(host, where.path)) ?? '').split('\n').filter((line) => {
    const known = readKnownHost(line);
    return known !== undefined && isAbout(known, name);
  });
  return describeEntries(lines.join('\n'), where.fingerprint_hash_type);
}

function describeEntries(content: string, kind: string): readonly Entry[] | null {
  const found = content.split('\n').flatMap((line) => readKnownHost(line) ?? []);
  const entries = found.map(({ names, type, key }) => ({
    hostname: names,
    key,
    enc: type,
    fingerprint: fingerprintOf(key, kind),
  }));
  return entries.length === 0 ? null : entries;
}

function noFile(account: string | undefined): Plain {
  const error = account === undefined ? 'Cannot determine absolute path to file.' : `User ${account} does not exist`;
  return { status: 'error', error };
}
