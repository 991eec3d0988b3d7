import { logLevels, saltfileFlags } from '@brine/common';
import { Command, CommanderError, Option } from 'commander';
import { minionError } from '../errors.ts';
import type { ModuleFolder } from './module-folders.ts';

/** What a `salt-call` command line asks for. Options that were not given are `undefined`. */
export interface SaltCallRequest {
  readonly task:
    | { readonly kind: 'call'; readonly fun: string; readonly words: readonly string[] }
    | { readonly kind: 'grains' }
    | { readonly kind: 'doc'; readonly fun: string | undefined }
    | { readonly kind: 'text'; readonly text: string; readonly exitCode: number }
    | { readonly kind: 'versions' };
  readonly configDirectory: string | undefined;
  /** Configuration keys set on the command line, under Salt's names. */
  readonly overrides: Readonly<Record<string, unknown>>;
  readonly noParse: readonly string[];
  readonly output: OutputChoice;
  readonly passRetcode: boolean;
  readonly printMetadata: boolean;
  readonly metadata: string | undefined;
  readonly skipGrains: boolean;
  readonly refreshGrainsCache: boolean;
  readonly sendReturn: boolean;
  /** Returners that get the answer; those of the configuration unless given. */
  readonly returners: string | undefined;
  /** Seconds to wait for the master. */
  readonly timeout: number;
  /** Whether the answer is printed with its secrets. */
  readonly showSecrets: boolean;
  /** Folders of modules in Python, of which there must be none. */
  readonly moduleFolders: readonly ModuleFolder[];
  /** Whether an error is shown with its stack trace. */
  readonly hardCrash: boolean;
}

/** How the answer is shown. */
export interface OutputChoice {
  readonly outputter: string | undefined;
  readonly indent: number | undefined;
  readonly file: string | undefined;
  readonly append: boolean;
  readonly color: boolean | undefined;
}

interface RawOptions {
  readonly [name: string]: unknown;
}

/** Options of Salt's that mean nothing here, each with the reason. */
const meaningless: readonly (readonly [flags: string, reason: string])[] = [
  ['--proxyid <id>', 'there are no proxy minions'],
  ['--module-executors <names>', 'a function is run by its job worker alone, there are no other executors'],
  ['--executor-opts <options>', 'a function is run by its job worker alone, there are no other executors'],
  ['--profiling-path <path>', 'node itself measures: node --cpu-prof bin/salt-call …'],
  ['--enable-profiling', 'node itself measures: node --cpu-prof bin/salt-call …'],
];

/** Reads the words behind `salt-call`. Throws `call-usage` and `call-option-unsupported`. */
export function parseCommandLine(
  words: readonly string[],
  version: () => string,
  readInput: () => string = () => '',
): SaltCallRequest {
  const command = saltCallCommand();
  const said: string[] = [];
  command.configureOutput({ writeOut: (text) => said.push(text), writeErr: () => {} });
  try {
    command.parse([...withInput(words, readInput)], { from: 'user' });
  } catch (error) {
    return toRequest(command, endOfParsing(error, said));
  }
  refuseMeaningless(command);
  const raw: RawOptions = command.opts();
  if (raw['version'] === true) {
    return toRequest(command, { kind: 'text', text: `salt-call ${version()}\n`, exitCode: 0 });
  }
  return toRequest(command, taskOf(command, raw));
}

/** With `--args-stdin` the lines of standard input are further words. */
function withInput(words: readonly string[], readInput: () => string): readonly string[] {
  const end = words.indexOf('--');
  if (!(end < 0 ? words : words.slice(0, end)).includes('--args-stdin')) return words;
  const lines = readInput().split('\n');
  if (lines.at(-1) === '') lines.pop();
  return [...words, ...lines];
}

/** The command line of `salt-call`. */
export function saltCallCommand(): Command {
  const command = new Command('salt-call')
    .description('Runs a function on this machine, with or without a master.')
    .usage('[options] <function> [arguments]')
    .argument('[function]', 'the function, e.g. state.apply')
    .argument('[arguments...]', 'its arguments; NAME=VALUE gives one by name')
    .exitOverride()
    .showSuggestionAfterError();
  for (const option of callOptions()) command.addOption(option);
  for (const [flags] of meaningless) command.addOption(new Option(flags).hideHelp());
  return command;
}

function callOptions(): readonly Option[] {
  return [
    new Option('--version', 'print the version and end'),
    new Option('-V, --versions-report', 'print the versions of everything used and end'),
    new Option('-c, --config-dir <dir>', 'the configuration folder (else SALT_CONFIG_DIR, else /etc/salt)'),
    new Option(saltfileFlags, 'a file of options by program (default: SALT_SALTFILE, ./Saltfile or ~/.salt/Saltfile)'),
    new Option('-l, --log-level <level>', 'what is logged to the terminal').choices(logLevels),
    new Option('--log-file <file>', 'the file to log to instead of the configured one'),
    new Option('--log-file-level, --log-level-logfile <level>', 'what is logged to that file').choices(logLevels),
    new Option('--local', 'work without a master'),
    new Option('--master <address>', 'the master to use instead of the configured one'),
    new Option('--id <id>', 'the minion id to use instead of the configured one'),
    new Option('--file-root <dir>', 'the folder of state files, instead of the configured ones'),
    new Option('--pillar-root <dir>', 'the folder of pillar files, instead of the configured ones'),
    new Option(
      '-m, --module-dirs <dir>',
      'a folder of further modules; refused when it has any, for they are Python',
    ).argParser(collect),
    new Option('--states-dir <dir>', 'a folder of further states; refused when it has any, for they are Python'),
    new Option('--cachedir <dir>', 'the cache folder to use instead of the configured one'),
    new Option('-g, --grains', 'print the grains'),
    new Option('-d, --doc', 'print the documentation of a function, or of all'),
    new Option('--documentation').hideHelp(),
    new Option('--skip-grains', 'do not collect grains'),
    new Option('--refresh-grains-cache', 'collect grains anew even when they are cached'),
    new Option('--show-secrets', 'print decrypted values instead of their fingerprints'),
    new Option('--no-parse <names>', 'arguments, comma separated, whose values stay text'),
    new Option('--args-stdin', 'read further arguments from standard input, one a line'),
    new Option('--retcode-passthrough', "end with the function's own exit status"),
    new Option('--metadata', 'print what is known about the call beside its answer'),
    new Option('--set-metadata <metadata>', 'metadata to keep with the call'),
    new Option('--return <names>', 'returners that get the answer, separated by commas'),
    new Option('--no-return-event', 'do not send the answer to the master'),
    new Option('-t, --timeout <seconds>', 'how long to wait for the master'),
    new Option('--hard-crash', 'show where in the program an error arose'),
    new Option('--out, --output <name>', 'the outputter: nested, json, yaml, highstate, txt, raw, quiet …'),
    new Option('--out-indent, --output-indent <spaces>', 'indentation; a negative one puts all on one line'),
    new Option('--out-file, --output-file <file>', 'write the output to a file'),
    new Option('--out-file-append, --output-file-append', 'append to that file'),
    new Option('--no-color, --no-colour', 'no colours'),
    new Option('--force-color, --force-colour', 'colours even when the output is no terminal'),
    new Option('--state-output, --state_output <mode>', 'full, terse, mixed, changes, filter, and each with _id'),
    new Option('--state-verbose, --state_verbose <boolean>', 'show states that had nothing to do'),
    new Option('--output-diff', 'show only states that changed something'),
  ];
}

/** An option that may be given several times. */
function collect(value: string, before: unknown): readonly string[] {
  return [...(Array.isArray(before) ? (before as readonly string[]) : []), value];
}

function moduleFoldersOf(raw: RawOptions): readonly ModuleFolder[] {
  const modules = ((raw['moduleDirs'] ?? []) as readonly string[]).map(
    (folder) => ({ option: '--module-dirs', folder }) as const,
  );
  const states = text(raw['statesDir']);
  return states === undefined ? modules : [...modules, { option: '--states-dir', folder: states }];
}

function endOfParsing(error: unknown, said: readonly string[]): SaltCallRequest['task'] {
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode === 0) return { kind: 'text', text: said.join(''), exitCode: 0 };
  const reason = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  throw minionError('call-usage', `salt-call: ${reason} (see salt-call --help)`, { exitCode: 64, cause: error });
}

function refuseMeaningless(command: Command): void {
  for (const [flags, reason] of meaningless) {
    const option = new Option(flags);
    if (command.getOptionValue(option.attributeName()) === undefined) continue;
    const message = `salt-call: the option ${option.long} does not exist: ${reason}`;
    throw minionError('call-option-unsupported', message, { exitCode: 64 });
  }
}

function taskOf(command: Command, raw: RawOptions): SaltCallRequest['task'] {
  const [fun, ...words] = command.args;
  if (raw['versionsReport'] === true) return { kind: 'versions' };
  if (raw['grains'] === true) {
    if (fun !== undefined) throw usage('-g/--grains does not take arguments');
    return { kind: 'grains' };
  }
  if (raw['doc'] === true || raw['documentation'] === true) {
    if (words.length > 0) throw usage('documentation can be shown for one function at a time');
    return { kind: 'doc', fun };
  }
  if (fun === undefined) return { kind: 'text', text: command.helpInformation(), exitCode: 64 };
  return { kind: 'call', fun, words };
}

function toRequest(command: Command, task: SaltCallRequest['task']): SaltCallRequest {
  const raw: RawOptions = command.opts();
  const noParse = text(raw['parse']);
  return {
    task,
    configDirectory: text(raw['configDir']),
    overrides: overridesOf(raw),
    noParse: noParse === undefined ? [] : noParse.split(',').map((name) => name.trim()),
    output: {
      outputter: text(raw['output']),
      indent: wholeNumber(raw['outputIndent'], '--out-indent'),
      file: text(raw['outputFile']),
      append: raw['outputFileAppend'] === true,
      color: colorOf(raw),
    },
    passRetcode: raw['retcodePassthrough'] === true,
    printMetadata: raw['metadata'] === true,
    metadata: text(raw['setMetadata']),
    skipGrains: raw['skipGrains'] === true,
    refreshGrainsCache: raw['refreshGrainsCache'] === true,
    sendReturn: raw['returnEvent'] !== false,
    returners: text(raw['return']),
    timeout: wholeNumber(raw['timeout'], '--timeout') ?? 60,
    showSecrets: raw['showSecrets'] === true,
    hardCrash: raw['hardCrash'] === true,
    moduleFolders: moduleFoldersOf(raw),
  };
}

function overridesOf(raw: RawOptions): Readonly<Record<string, unknown>> {
  const fileRoot = text(raw['fileRoot']);
  const pillarRoot = text(raw['pillarRoot']);
  const stateVerbose = text(raw['state_verbose']);
  const given: Record<string, unknown> = {
    log_level: text(raw['logLevel']),
    log_file: text(raw['logFile']),
    log_level_logfile: text(raw['logLevelLogfile']),
    file_client: raw['local'] === true ? 'local' : undefined,
    master: text(raw['master']),
    id: text(raw['id']),
    cachedir: text(raw['cachedir']),
    file_roots: fileRoot === undefined ? undefined : { base: [fileRoot] },
    pillar_roots: pillarRoot === undefined ? undefined : { base: [pillarRoot] },
    state_output: text(raw['state_output']),
    state_verbose: stateVerbose === undefined ? undefined : truthOf(stateVerbose),
    state_output_diff: raw['outputDiff'] === true ? true : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function colorOf(raw: RawOptions): boolean | undefined {
  // With both, Salt paints.
  if (raw['forceColour'] === true) return true;
  return raw['colour'] === false ? false : undefined;
}

function truthOf(word: string): boolean {
  if (/^true$/i.test(word)) return true;
  if (/^false$/i.test(word)) return false;
  throw usage(`--state-verbose takes True or False, not ${word}`);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function wholeNumber(value: unknown, flag: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) throw usage(`${flag} takes a whole number`);
  return Number(value);
}

function usage(message: string): Error {
  return minionError('call-usage', `salt-call: ${message}`, { exitCode: 64 });
}
