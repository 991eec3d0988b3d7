import { readMasterSettings } from '@brine/common';
import { Command } from 'commander';

import { cliError, usageExitCode } from '../errors.ts';
import { openClient } from '../connection/open-client.ts';
import { addAuthOptions, type AuthFlags } from '../options/auth-options.ts';
import { addSharedOptions, type SharedFlags } from '../options/shared-options.ts';
import { addUnsupportedOptions } from '../options/unsupported-options.ts';
import { createOutputWriter, type OutputWriter } from '../output/output-writer.ts';
import { parseWords } from '../options/parse-words.ts';
import { runProgram } from '../program.ts';
import { addVersionOptions } from '../versions.ts';
import { askYesNo } from './ask.ts';
import { detailsBySection, idsBySection, keyStates, listNames, type KeyState, type ListedKey } from './key-lists.ts';
import { openKeys, type KeyChange, type OfflineKeys } from './key-source.ts';

interface KeyFlags extends SharedFlags, AuthFlags {
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
  readonly yes?: boolean;
}

/** What `salt-key` needs from outside. */
export interface SaltKeyPorts {
  /** The keys of a master that does not run, by its configuration folder. */
  openOfflineKeys(configDirectory: string | undefined): Promise<OfflineKeys>;
}

/** Options of Salt's `salt-key` that are still to come. */
const unsupported = [
  ...['-q, --quiet', '--preserve-minions', '--rotate-aes-key <flag>', '--gen-keys <name>', '--gen-keys-dir <dir>'],
  ...[
    '--keysize <bits>',
    '--gen-signature',
    '--priv <file>',
    '--pub <file>',
    '--signature-path <dir>',
    '--auto-create',
  ],
];

/** Runs `salt-key` with the words of a command line; resolves with the status to exit with. */
export async function runSaltKey(words: readonly string[], ports: SaltKeyPorts): Promise<number> {
  return runProgram('salt-key', words, async () => {
    const command = createCommand();
    parseWords(command, words);
    const flags = command.opts<KeyFlags>();
    if (flags.configDump === true) return (await import('../config-dump.ts')).dumpConfig(flags.configDir);
    const settings = readMasterSettings(flags.configDir);
    const { values } = settings;
    const keys = await openKeys(await openClient(settings, flags), async () => ports.openOfflineKeys(flags.configDir));
    const writer = createOutputWriter(flags, values);
    const change = changeOf(flags);
    if (change !== undefined) return changeKeys(change, { keys, writer, isSure: flags.yes === true });
    await showKeys(flags, keys, writer);
    return 0;
  });
}

function createCommand(): Command {
  const command = new Command('salt-key')
    .description("Shows, accepts, rejects and deletes minions' keys.")
    .usage('[options]')
    .option('-L, --list-all', 'list all keys (the default)')
    .option('-l, --list <states>', 'list keys that are: all, accepted, unaccepted (pre), rejected, denied')
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
    .option('-y, --yes', 'do not ask')
    .exitOverride();
  addUnsupportedOptions(addAuthOptions(addSharedOptions(command), false), unsupported);
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
  readonly keys: OfflineKeys;
  readonly writer: OutputWriter;
  readonly isSure: boolean;
}

const pastTense = { accept: 'accepted', reject: 'rejected', delete: 'deleted' } as const;

async function changeKeys(change: KeyChange, { keys, writer, isSure }: Changing): Promise<number> {
  const { action, match, from } = change;
  const found = (await keys.list(match)).filter(({ state }) => from.includes(state));
  if (found.length === 0) {
    const states = from.map((state) => (state === 'pending' ? 'unaccepted' : state));
    const words = states.length === 1 ? states[0] : `${states.slice(0, -1).join(', ')} or ${states.at(-1)}`;
    process.stdout.write(`The key glob '${match}' does not match any ${words} keys.\n`);
    return 0;
  }
  process.stdout.write(`The following keys are going to be ${pastTense[action]}:\n`);
  const shown = from.filter((state) => found.some((key) => key.state === state));
  writer.write(idsBySection(found, shown), 'key');
  if (!isSure && !(await isWanted(action))) return 0;
  for (const { id } of await keys.change(change)) process.stdout.write(`Key for minion ${id} ${pastTense[action]}.\n`);
  return 0;
}

async function isWanted(action: KeyChange['action']): Promise<boolean> {
  const isDelete = action === 'delete';
  const answer = await askYesNo(isDelete ? 'Proceed? [N/y] ' : 'Proceed? [n/Y] ', !isDelete);
  if (answer !== undefined) return answer;
  process.stdout.write('\n');
  throw cliError('unanswered', "nobody answered, so nothing was changed; '-y' goes on without asking");
}

async function showKeys(flags: KeyFlags, keys: OfflineKeys, writer: OutputWriter): Promise<void> {
  const details =
    flags.finger ?? flags.print ?? (flags.fingerAll === true || flags.printAll === true ? '*' : undefined);
  if (details === undefined) {
    const shown = statesToList(flags);
    writer.write(idsBySection(await keys.list(), shown), 'key');
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

function statesToList({ list }: KeyFlags): readonly KeyState[] {
  const name = list?.toLowerCase() ?? 'all';
  const states = listNames.get(name) ?? [...listNames].find(([known]) => known.startsWith(name.slice(0, 3)))?.[1];
  if (states !== undefined) return states;
  throw cliError('usage', `'${list}' is no state of keys; there are: all, accepted, unaccepted, rejected, denied`, {
    exitCode: usageExitCode,
  });
}
