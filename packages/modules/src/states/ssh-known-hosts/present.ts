import type { CheckOutcome, Plain } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  integer,
  lineText,
  optional,
  willChange,
  withDefault,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import { omitAbsent } from '../../providers/omit-absent.ts';
import {
  hiddenName,
  isAbout,
  knownEntry,
  knownHostsFile,
  knownName,
  readKnownHost,
  shownFile,
  type KnownHost,
} from '../../providers/ssh/known-hosts.ts';
import { keyFingerprint } from '../../providers/ssh/key-fingerprint.ts';
import { fullType } from '../../providers/ssh/key-line.ts';

/** `ssh_known_hosts.present` */
export const present = defineState({
  name: 'ssh_known_hosts.present',
  summary: 'Keeps the key of a host among those ssh trusts.',
  args: z.object({
    name: lineText().describe('Name or address of the host.'),
    user: optional(lineText()).describe('The account that trusts it; all unless given.'),
    fingerprint: optional(lineText()).describe('Fingerprint the key must have, when the host is asked for it.'),
    key: optional(lineText()).describe('The key; the host is asked unless given.'),
    port: optional(integer()).describe('Port of the ssh server.'),
    enc: optional(lineText()).describe('Type of the key.'),
    config: optional(lineText()).describe('The file, from the home directory.'),
    hash_known_hosts: withDefault(flag(), true).describe('Whether the name is hidden in the file.'),
    timeout: withDefault(integer(), 5).describe('Seconds to wait for the host.'),
    fingerprint_hash_type: withDefault(lineText(), 'sha256').describe('md5, sha1 or sha256.'),
  }),
  examples: [
    `git.example.org:
  ssh_known_hosts.present:
    - enc: ssh-ed25519
    - key: AAAAC3NzaC1lZDI1NTE5AAAAIOBgwNh6dk5axGNjheHm1DsWeCWRl9fmZr0P8uxtJWy3`,
  ],
  async check(args, context) {
    const { host } = context;
    if (args.key !== undefined && args.fingerprint !== undefined)
      return fails('Specify either "key" or "fingerprint", not both.');
    if (args.key !== undefined && args.enc === undefined)
      return fails('Required argument "enc" if using "key" argument.');
    const path = await knownHostsFile(host, args);
    if (path === undefined && args.user === undefined)
      return fails('If not specifying a "user", specify an absolute "config".');
    const text = path === undefined ? '' : Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
    const name = knownName(args.name, args.port);
    const known = text
      .split('\n')
      .flatMap((line) => readKnownHost(line) ?? [])
      .filter((line) => isAbout(line, name));
    const where = shownFile(args);
    if (known.some((line) => fits(line, args))) {
      const foretoldComment = `Host ${args.name} is already in ${where}`;
      return { kind: 'ok', comment: `${args.name} already exists in ${where}`, foretoldComment };
    }
    return save({ ...args, name, hostname: args.name, where, isKnown: known.length > 0 }, context);
  },
});

interface Saving {
  /** As it is known, with a port. */
  readonly name: string;
  readonly hostname: string;
  /** The file as comments name it. */
  readonly where: string;
  readonly isKnown: boolean;
  readonly user: string | undefined;
  readonly config: string | undefined;
  readonly key: string | undefined;
  readonly enc: string | undefined;
  readonly port: number | undefined;
  readonly timeout: number;
  readonly fingerprint: string | undefined;
  readonly fingerprint_hash_type: string;
  readonly hash_known_hosts: boolean;
}

type Wish = Pick<Saving, 'key' | 'enc' | 'fingerprint' | 'fingerprint_hash_type'>;

function fits(line: KnownHost, { key, enc, fingerprint, fingerprint_hash_type: kind }: Wish): boolean {
  if (enc !== undefined && line.type !== fullType(enc)) return false;
  if (key !== undefined) return line.key === key;
  return fingerprint === undefined || isSamePrint(keyFingerprint(line.key, kind).replaceAll(':', ''), fingerprint);
}

function isSamePrint(one: string, other: string): boolean {
  const bare = (text: string): string =>
    text
      .replace(/^(MD5|SHA\d+):/i, '')
      .replaceAll(':', '')
      .toLowerCase();
  return (
    bare(one) === bare(other) ||
    Buffer.from(one, 'hex').toString('base64').replace(/=+$/, '') === other.replace(/^SHA256:/, '')
  );
}

const unheard = 'Unable to receive remote host keys';
const foreign = 'Remote host public keys found but none of their fingerprints match the one you have provided';

function save(saving: Saving, context: StateContext): CheckOutcome<Host> {
  const { hostname, where } = saving;
  const word = saving.isKnown ? 'updated in' : 'added to';
  const pending = {
    comment: `Key for ${hostname} is set to be ${word} ${where}`,
    changes: { [hostname]: saving.key ?? 'asked of the host' },
  };
  return willChange(pending, (machine) =>
    attempt(`Failed to save the key of ${hostname}`, async () => {
      const path = await knownHostsFile(machine, saving);
      if (path === undefined)
        return { comment: `User ${saving.user ?? ''} is not available`, changes: {}, failed: true };
      const found =
        saving.key === undefined
          ? await scan(machine, saving, context)
          : [{ names: '', type: fullType(saving.enc ?? ''), key: saving.key }];
      const chosen = found.filter((line) => fits(line, saving));
      if (chosen.length === 0) return { comment: found.length === 0 ? unheard : foreign, changes: {}, failed: true };
      const old = await write(machine, { path, saving, lines: chosen });
      return {
        comment: `${hostname}'s key saved to ${where} (${proofOf(chosen, saving)})`,
        changes: { old, new: shownAs(chosen, saving) },
      };
    }),
  );
}

/** What the key was known by: itself when it was given, else its fingerprint. */
function proofOf([first]: readonly KnownHost[], { key, fingerprint_hash_type: kind }: Wish): string {
  return key === undefined ? `fingerprint: ${keyFingerprint(first?.key ?? '', kind)}` : `key: ${key}`;
}

function shownAs(lines: readonly KnownHost[], { hostname, key, port, fingerprint_hash_type: kind }: Saving): Plain {
  const ofPort = key === undefined ? {} : omitAbsent({ port });
  return lines.map((line) =>
    key === undefined ? knownEntry(hostname, line, kind) : { hostname, enc: line.type, key: line.key, ...ofPort },
  );
}

async function scan(
  machine: Host,
  { hostname, port, enc, timeout }: Saving,
  { signal }: StateContext,
): Promise<readonly KnownHost[]> {
  const options = [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(enc === undefined ? [] : ['-t', enc.replace(/^ssh-/, '')]),
  ];
  const command = ['ssh-keyscan', '-T', String(timeout), ...options, '--', hostname];
  const { stdout } = await machine.run({ command, signal, timeout: (timeout + 5) * 1000 });
  return stdout.split('\n').flatMap((line) => readKnownHost(line) ?? []);
}

async function write(
  machine: Host,
  { path, saving, lines }: { readonly path: string; readonly saving: Saving; readonly lines: readonly KnownHost[] },
): Promise<Plain> {
  const text = Buffer.from((await machine.files.read(path)) ?? '').toString('utf8');
  const all = text.split('\n').filter((line) => line !== '');
  const isOld = (line: string): boolean => {
    const known = readKnownHost(line);
    return known !== undefined && isAbout(known, saving.name) && lines.some(({ type }) => type === known.type);
  };
  const names = saving.hash_known_hosts ? hiddenName(saving.name) : saving.name;
  const added = lines.map(({ type, key }) => `${names} ${type} ${key}`);
  await makeParents(machine, path, saving.user === undefined ? {} : { user: saving.user, mode: 0o700 });
  const isNew = (await machine.files.stat(path)) === undefined;
  const account = saving.user === undefined ? undefined : await machine.account(saving.user);
  const owner = isNew && account !== undefined ? { uid: account.uid, gid: account.gid } : {};
  await machine.files.write(path, Buffer.from([...all.filter((line) => !isOld(line)), ...added, ''].join('\n')), owner);
  const old = all.filter(isOld).flatMap((line) => readKnownHost(line) ?? []);
  return old.length === 0 ? null : old.map((line) => knownEntry(saving.hostname, line, saving.fingerprint_hash_type));
}
