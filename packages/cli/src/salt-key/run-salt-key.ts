import { readMasterSettings } from '@brine/common';
import { Command } from 'commander';

import { cliError, usageExitCode } from '../errors.ts';
import { openClient } from '../connection/open-client.ts';
import { addAuthOptions, type AuthFlags } from '../options/auth-options.ts';
import { addSharedOptions, durationOption, type SharedFlags } from '../options/shared-options.ts';
import { addLogOptions } from '../options/log-options.ts';
import { addMeaninglessOptions } from '../options/meaningless-options.ts';
import { createOutputWriter, type OutputWriter } from '../output/output-writer.ts';
import { parseWords } from '../options/parse-words.ts';
import { runProgram } from '../program.ts';
import { addVersionOptions } from '../versions.ts';
import { askYesNo } from './ask.ts';
import { detailsBySection, idsBySection, keyStates, listNames, type KeyState, type ListedKey } from './key-lists.ts';
import { careForKeys, type CareFlags } from './key-care.ts';
import { openKeys, type KeyChange, type Keys } from './key-source.ts';

interface KeyFlags extends SharedFlags, AuthFlags, CareFlags {
  readonly quiet?: boolean;
  readonly user?: string;
  readonly list?: string;
  readonly listAll?: boolean;
  readonly accept?: string;
  readonly acceptAll?: boolean;
  readonly reject?: string;
  readonly rejectAll?: boolean;
  readonly delete?: string;
  readonly deleteAll?: boolean;
  readonly finger?: string;
  readonly fingerAll?: boolean;
  readonly print?: string;
  readonly printAll?: boolean;
  readonly includeAll?: boolean;
  readonly includeAccepted?: boolean;
  readonly includeRejected?: boolean;
  readonly includeDenied?: boolean;
}

/** What `salt-key` needs from outside. */
export interface SaltKeyPorts {
  /** The keys of a master that does not run, by its configuration folder. */
  openOfflineKeys(configDirectory: string | undefined): Promise<Keys>;
  /** Writes a new key pair of a minion (`NAME.pem`, `NAME.pub`) to a folder; resolves with its fingerprint. */
  generateKeys(folder: string, name: string): Promise<string>;
  /** Goes on as another user. */
  becomeUser(user: string): Promise<void>;
}

/** Options of Salt's that have no meaning with keys of this kind, each with the reason. */
const meaningless: readonly (readonly [string, string])[] = [
  ['--rotate-aes-key <flag>', 'the key of publications is always renewed when a key is deleted or rejected'],
  [
    '--preserve-minions <flag>',
    'what is known of a minion whose key is deleted is forgotten; --restore brings the key back',
  ],
  ['--keysize <bits>', 'keys are Ed25519 here and have one size'],
  ...['--gen-signature', '--priv <file>', '--pub <file>', '--signature-path <dir>', '--auto-create'].map(
    (flags) =>
      [flags, 'a master proves itself in every handshake here; a new key is vouched for by --rotate-master'] as const,
  ),
];

/** Runs `salt-key` with the words of a command line; resolves with the status to exit with. */
export async function runSaltKey(words: readonly string[], ports: SaltKeyPorts): Promise<number> {
  return runProgram('salt-key', words, async () => {
    const command = createCommand();
    await parseWords(command, words);
    const flags = command.opts<KeyFlags>();
    if (flags.configDump === true) return (await import('../config-dump.ts')).dumpConfig(flags.configDir);
    if (flags.user !== undefined) await ports.becomeUser(flags.user);
    if (flags.genKeys !== undefined) return generateKeys(flags, flags.genKeys, ports);
    const settings = readMasterSettings(flags.configDir);
    const keys = await openKeys(await openClient(settings, flags), async () => ports.openOfflineKeys(flags.configDir));
    const shown = createOutputWriter(flags, settings.values);
    const writer: OutputWriter = flags.quiet === true ? { ...shown, write: () => {} } : shown;
    const say = (line: string): void => {
      if (flags.quiet !== true) process.stdout.write(`${line}\n`);
    };
    const cared = await careForKeys(flags, command.args, { keys, writer, say });
    if (cared !== undefined) return cared;
    const change = changeOf(flags);
    if (change !== undefined) return changeKeys(change, { keys, writer, say, isSure: flags.yes === true });
    await showKeys(flags, keys, writer);
    return 0;
  });
}

function createCommand(): Command {
  const command = new Command('salt-key')
    .description("Shows, accepts, rejects and deletes minions' keys.")
    .usage('[options]')
    .option('-L, --list-all', 'list all keys (the default)')
    .option('-l, --list <states>', 'list keys that are: all, accepted, unaccepted (pre), rejected, denied, deleted')
    .option('-a, --accept <glob>', 'accept unaccepted keys by a glob over ids')
    .option('-A, --accept-all', 'accept all unaccepted keys')
    .option('-r, --reject <glob>', 'reject unaccepted keys')
    .option('-R, --reject-all', 'reject all unaccepted keys')
    .option('-d, --delete <glob>', 'delete keys')
    .option('-D, --delete-all', 'delete all keys')
    .option('-f, --finger <glob>', 'show fingerprints')
    .option('-F, --finger-all', "show all fingerprints and the master's own")
    .option('-p, --print <glob>', 'print public keys')
    .option('-P, --print-all', 'print all public keys')
    .option('--include-all', 'accept and reject: whatever state the keys are in')
    .option('--include-accepted', 'reject: accepted keys too')
    .option('--include-rejected', 'accept: rejected keys too')
    .option('--include-denied', 'accept and reject: denied keys too')
    .option('--restore <glob>', 'undo the deletion of keys, for a week after it')
    .option('--token <action>', 'join tokens, each of which lets one minion in: create, list, revoke NAME')
    .option('--id <glob>', '--token create: the ids that it lets in (default: any)')
    .option('--expires <time>', '--token create: how long it is good: 1h (the default), 30m, 7d', durationOption)
    .option('--rotate-master', 'give the master a new key, which the old one vouches for: minions follow by themselves')
    .option('--rotate <glob>', 'let minions make new keys, which their old ones vouch for: now, or when they come back')
    .option('--gen-keys <name>', 'write a new key pair NAME.pem and NAME.pub, to accept a minion before it comes')
    .option('--gen-keys-dir <dir>', 'where --gen-keys writes (default: here)')
    .option('-q, --quiet', 'show nothing')
    .option('-y, --yes', 'do not ask')
    .option('-u, --user <user>', 'the user to run as, where root starts it')
    .argument('[name]', 'of the token to revoke')
    .exitOverride();
  addMeaninglessOptions(command, meaningless);
  addLogOptions(addAuthOptions(addSharedOptions(command), false), false);
  return addVersionOptions(command, 'salt-key');
}

function changeOf(flags: KeyFlags): KeyChange | undefined {
  const globs = {
    accept: flags.acceptAll === true ? '*' : flags.accept,
    reject: flags.rejectAll === true ? '*' : flags.reject,
    delete: flags.deleteAll === true ? '*' : flags.delete,
  };
  for (const action of ['accept', 'reject', 'delete'] as const) {
    const match = globs[action];
    if (match !== undefined) return { action, match, from: statesFor(action, flags) };
  }
  return undefined;
}

/** In which states keys are looked for. */
function statesFor(action: KeyChange['action'], flags: KeyFlags): readonly KeyState[] {
  if (action === 'delete') return keyStates.map(({ state }) => state);
  const isIncluded = (flag: boolean | undefined): boolean => flag === true || flags.includeAll === true;
  const opposite: readonly KeyState[] = action === 'accept' ? ['rejected'] : ['accepted'];
  const includesOpposite = isIncluded(action === 'accept' ? flags.includeRejected : flags.includeAccepted);
  return [
    'pending',
    ...(includesOpposite ? opposite : []),
    ...(isIncluded(flags.includeDenied) ? ['denied' as const] : []),
  ];
}

interface Changing {
  readonly keys: Keys;
  readonly writer: OutputWriter;
  readonly say: (line: string) => void;
  readonly isSure: boolean;
}

const pastTense = { accept: 'accepted', reject: 'rejected', delete: 'deleted' } as const;

async function changeKeys(change: KeyChange, { keys, writer, say, isSure }: Changing): Promise<number> {
  const { action, match, from } = change;
  const found = (await keys.list(match)).filter(({ state }) => from.includes(state));
  if (found.length === 0) {
    const states = from.map((state) => (state === 'pending' ? 'unaccepted' : state));
    const words = states.length === 1 ? states[0] : `${states.slice(0, -1).join(', ')} or ${states.at(-1)}`;
    say(`The key glob '${match}' does not match any ${words} keys.`);
    return 0;
  }
  say(`The following keys are going to be ${pastTense[action]}:`);
  const shown = from.filter((state) => found.some((key) => key.state === state));
  writer.write(idsBySection(found, shown), 'key');
  if (!isSure && !(await isWanted(action))) return 0;
  for (const { id } of await keys.change(change)) say(`Key for minion ${id} ${pastTense[action]}.`);
  return 0;
}

async function isWanted(action: KeyChange['action']): Promise<boolean> {
  const isDelete = action === 'delete';
  const answer = await askYesNo(isDelete ? 'Proceed? [N/y] ' : 'Proceed? [n/Y] ', !isDelete);
  if (answer !== undefined) return answer;
  process.stdout.write('\n');
  throw cliError('unanswered', "nobody answered, so nothing was changed; '-y' goes on without asking");
}

async function showKeys(flags: KeyFlags, keys: Keys, writer: OutputWriter): Promise<void> {
  const details =
    flags.finger ?? flags.print ?? (flags.fingerAll === true || flags.printAll === true ? '*' : undefined);
  if (details === undefined && isDeletedList(flags)) {
    writer.write(new Map([['minions_deleted', (await keys.deleted()).map(({ id }) => id)]]), 'nested');
    return;
  }
  if (details === undefined) {
    const shown = statesToList(flags);
    const listed = await keys.list();
    writer.write(idsBySection(listed, shown), 'key');
    warnOfClones(listed);
    return;
  }
  const found: readonly ListedKey[] = await keys.list(details);
  const isFingers = flags.finger !== undefined || flags.fingerAll === true;
  const sections = detailsBySection(found, isFingers ? 'fingerprint' : 'publicKey');
  if (flags.fingerAll === true) {
    const { fingerprint } = await keys.master();
    writer.write(new Map([['local', new Map([['master.pub', fingerprint]])], ...sections]), 'key');
    return;
  }
  if (sections.size === 0) process.stderr.write(`The key glob '${details}' does not match any keys.\n`);
  writer.write(sections, 'key');
}

function isDeletedList({ list }: KeyFlags): boolean {
  return list?.toLowerCase().startsWith('del') === true;
}

function warnOfClones(keys: readonly ListedKey[]): void {
  for (const { id, clonedAt, keyOf } of keys) {
    if (keyOf !== undefined) {
      process.stderr.write(
        `WARNING: ${id} was denied: it shows the key of ${keyOf}. If ${keyOf} was renamed, delete its old key; if it was copied, give ${id} a key of its own.\n`,
      );
    }
    if (clonedAt === undefined) continue;
    const at = new Date(clonedAt).toISOString();
    process.stderr.write(`WARNING: a second machine showed the key of ${id} at ${at} and was turned away.\n`);
  }
}

async function generateKeys(flags: KeyFlags, name: string, ports: SaltKeyPorts): Promise<number> {
  const folder = flags.genKeysDir ?? '.';
  const fingerprint = await ports.generateKeys(folder, name);
  if (flags.quiet !== true) process.stdout.write(`${folder}/${name}.pem and ${name}.pub written: ${fingerprint}\n`);
  return 0;
}

function statesToList({ list }: KeyFlags): readonly KeyState[] {
  const name = list?.toLowerCase() ?? 'all';
  const states = listNames.get(name) ?? [...listNames].find(([known]) => known.startsWith(name.slice(0, 3)))?.[1];
  if (states !== undefined) return states;
  throw cliError(
    'usage',
    `'${list}' is no state of keys; there are: all, accepted, unaccepted, rejected, denied, deleted`,
    {
      exitCode: usageExitCode,
    },
  );
}
