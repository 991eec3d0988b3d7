import { AppError, isDict, pythonStr, type Dict } from '@brine/common';
import type { CommandResult, Host, ReadHost } from '../../kit/index.ts';

/** Whose keys: an account's, those of the minion (`salt`), or those in a folder. */
export interface KeyringPlace {
  readonly user?: string | undefined;
  readonly gnupghome?: string | undefined;
}

/** A keyring that programs are run on. */
export interface Keyring {
  readonly home: string;
  /** The account gpg runs as, so that its files stay its own; absent for that of the minion. */
  readonly runAs: string | undefined;
}

/** One key as gpg lists it. */
export interface ListedKey {
  readonly keyid: string;
  readonly fingerprint: string;
  readonly uids: readonly string[];
  readonly length: string;
  /** Seconds since 1970, or nothing. */
  readonly created: string;
  readonly expires: string;
  readonly trust: string;
  readonly ownerTrust: string;
  /** Names of its secret parts, wherever these are. */
  readonly grips: readonly string[];
}

/** What gpg is asked. */
export interface GpgRequest {
  readonly words: readonly string[];
  readonly input?: string | undefined;
  /** Handed over by standard input, before the rest of it. */
  readonly passphrase?: string | undefined;
}

/** Milliseconds that gpg may take; making keys waits for randomness. */
const timeout = 600_000;

function failed(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}

/** Finds the folder of keys that is meant. Throws `state-failed` for an account that there is not. */
export async function findKeyring(host: ReadHost, place: KeyringPlace, options: Dict): Promise<Keyring> {
  if ((await host.which('gpg')) === undefined) throw failed('gpg was not found on this minion.');
  const own = host.identity().uid;
  const isMinion = place.user === 'salt' && (await host.account('salt')) === undefined;
  const account = await host.account(place.user === undefined || isMinion ? own : place.user);
  if (account === undefined) throw failed(`User ${place.user ?? own} does not exist`);
  const folder = place.user === 'salt' ? `${configFolder(options)}/gpgkeys` : `${account.home}/.gnupg`;
  return { home: place.gnupghome ?? folder, runAs: account.uid === own ? undefined : account.name };
}

function configFolder(options: Dict): string {
  const configured = options.get('config_dir') ?? options.get('conf_file') ?? null;
  if (configured === null) return '/etc/salt';
  const path = pythonStr(configured);
  return options.has('config_dir') ? path : path.slice(0, path.lastIndexOf('/'));
}

/** Runs gpg on a keyring that is there or is made. Machine-readable lines of it are in `stderr`. */
export async function runGpg(host: Host, keyring: Keyring, request: GpgRequest): Promise<CommandResult> {
  if ((await host.files.stat(keyring.home)) === undefined) await makeHome(host, keyring);
  return host.run(commandOf(keyring, request));
}

async function makeHome(host: Host, { home, runAs }: Keyring): Promise<void> {
  const account = runAs === undefined ? undefined : await host.account(runAs);
  const owner = account === undefined ? {} : { uid: account.uid, gid: account.gid };
  await host.files.makeDirectory(home, { parents: true, mode: 0o700, ...owner });
}

function commandOf({ home, runAs }: Keyring, { words, input, passphrase }: GpgRequest) {
  const secret = passphrase === undefined ? [] : ['--pinentry-mode', 'loopback', '--passphrase-fd', '0'];
  const options = ['--homedir', home, '--batch', '--no-tty', '--status-fd', '2', '--charset', 'utf-8', ...secret];
  return {
    command: ['gpg', ...options, ...words],
    environment: { LC_ALL: 'C' },
    input: `${passphrase === undefined ? '' : `${passphrase}\n`}${input ?? ''}`,
    timeout,
    ...(runAs === undefined ? {} : { user: runAs }),
  };
}

/** Which keys are listed, and whether gpg may reckon anew first how far they are trusted, which it writes down. */
export interface ListingWish {
  readonly secret?: boolean;
  readonly updatesTrust?: boolean;
}

/** The keys of a keyring; none where there is no such folder. */
export async function listKeys(
  host: ReadHost,
  keyring: Keyring,
  { secret = false, updatesTrust = false }: ListingWish = {},
): Promise<readonly ListedKey[]> {
  const names = ['pubring.kbx', 'pubring.gpg'];
  const rings = await Promise.all(names.map((name) => host.files.stat(`${keyring.home}/${name}`)));
  // gpg would make the files that it lists nothing of.
  if (rings.every((ring) => ring === undefined)) return [];
  const words = [
    ...(updatesTrust ? [] : ['--no-auto-check-trustdb']),
    ...['--with-colons', '--fixed-list-mode', '--fingerprint', '--with-keygrip'],
    secret ? '--list-secret-keys' : '--list-keys',
  ];
  const { exitCode, stdout, stderr } = await host.inspect(commandOf(keyring, { words }));
  if (exitCode !== 0) throw failed(`gpg cannot list keys: ${reasonOf(stderr)}`);
  return parseKeys(stdout);
}

/** What gpg complained about, in one line. */
export function reasonOf(stderr: string): string {
  const lines = [...stderr.matchAll(/^gpg: (.+)$/gm)].map(([, line = '']) => line);
  return lines.findLast((line) => !/^(WARNING|keybox|using)/.test(line)) ?? 'it does not say why';
}

/** Reads the listing of gpg (`doc/DETAILS` of GnuPG): a record a line, its fields divided by colons. */
export function parseKeys(listing: string): readonly ListedKey[] {
  const blocks = listing.split(/^(?=(?:pub|sec):)/m).filter((block) => /^(?:pub|sec):/.test(block));
  return blocks.map((block) => {
    const [first = [], ...records] = block.split('\n').map((line) => line.split(':'));
    const [, trust = '', length = '', , keyid = '', created = '', expires = '', , ownerTrust = ''] = first;
    const ofType = (wanted: string): readonly string[] =>
      records.filter(([type]) => type === wanted).map((fields) => fields[9] ?? '');
    const [fingerprint = ''] = ofType('fpr');
    const uids = ofType('uid').map((name) => unescapeField(name));
    return { keyid, fingerprint, uids, length, created, expires, trust, ownerTrust, grips: ofType('grp') };
  });
}

/** Whether a keyring has secret parts of a key; unlike a listing of these it starts no agent. */
export async function hasSecret(host: ReadHost, { home }: Keyring, { grips }: ListedKey): Promise<boolean> {
  const files = await Promise.all(grips.map((grip) => host.files.stat(`${home}/private-keys-v1.d/${grip}.key`)));
  return files.some((file) => file !== undefined);
}

function unescapeField(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** The key of a list that a key id (short or long) or a fingerprint names. */
export function findKey(
  keys: readonly ListedKey[],
  { keyid, fingerprint }: { readonly keyid?: string | undefined; readonly fingerprint?: string | undefined },
): ListedKey | undefined {
  return keys.find(
    (key) =>
      (fingerprint !== undefined && key.fingerprint === fingerprint) ||
      (keyid !== undefined && (key.keyid === keyid || key.keyid.slice(8) === keyid)),
  );
}

/** Whether, and how far, the owner of a key is trusted: words of arguments, of gpg's listing, and its numbers. */
export const trustLevels: ReadonlyMap<string, { readonly number: number; readonly shown: string }> = new Map([
  ['expired', { number: 1, shown: 'Expired' }],
  ['unknown', { number: 2, shown: 'Unknown' }],
  ['not_trusted', { number: 3, shown: 'Not Trusted' }],
  ['marginally', { number: 4, shown: 'Marginally' }],
  ['fully', { number: 5, shown: 'Fully Trusted' }],
  ['ultimately', { number: 6, shown: 'Ultimately Trusted' }],
]);

const letters: ReadonlyMap<string, string> = new Map([
  ['e', 'Expired'],
  ['q', 'Unknown'],
  ['n', 'Not Trusted'],
  ['f', 'Fully Trusted'],
  ['m', 'Marginally Trusted'],
  ['u', 'Ultimately Trusted'],
  ['r', 'Revoked'],
  ['-', 'Unknown'],
]);

/** What a letter of gpg's listing says of trust. */
export function trustText(letter: string): string {
  return letters.get(letter) ?? 'Unknown';
}

/** Sets how far the owner of a key is trusted. */
export function setTrust(
  host: Host,
  keyring: Keyring,
  { fingerprint, level }: { readonly fingerprint: string; readonly level: number },
): Promise<CommandResult> {
  return runGpg(host, keyring, { words: ['--import-ownertrust'], input: `${fingerprint}:${level}:\n` });
}

/** Fetches keys from a key server. */
export function receiveKeys(
  host: Host,
  keyring: Keyring,
  { keyserver, keys }: { readonly keyserver: string | undefined; readonly keys: readonly string[] },
): Promise<CommandResult> {
  const words = ['--keyserver', keyserver ?? 'keys.openpgp.org', '--recv-keys', '--', ...keys];
  return runGpg(host, keyring, { words });
}

/** Takes a key out of a keyring, with its secret part when there is one. */
export async function deleteKey(
  host: Host,
  keyring: Keyring,
  { fingerprint, passphrase }: { readonly fingerprint: string; readonly passphrase?: string | undefined },
): Promise<CommandResult> {
  const words = ['--yes', '--delete-secret-and-public-key', '--', fingerprint];
  return runGpg(host, keyring, { words, passphrase });
}

/** The passphrase for keys that the pillar has. */
export function passphraseOf(pillar: Dict): string | undefined {
  const found = pillar.get('gpg_passphrase') ?? null;
  return found === null || isDict(found) || found === '' ? undefined : pythonStr(found);
}
