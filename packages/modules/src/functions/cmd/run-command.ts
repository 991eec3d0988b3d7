import { posix } from 'node:path';
import { isAppError, pythonStr, type Dict, type Value } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import type { Account, CommandRequest, CommandResult, Host, ReadHost } from '../../kit/host.ts';
import { failure } from '../failure.ts';
import { splitWords } from '../split-words.ts';
import { isPermitted } from './permitted.ts';

/** What running a command needs of its caller: a function's context, or what a state has. */
export type CommandContext = Pick<FunctionContext, 'options' | 'log' | 'signal' | 'render' | 'setRetcode'> &
  Partial<Pick<FunctionContext, 'isDirect'>> & { readonly host: CommandHost };

/** What running a command needs of the machine. */
export type CommandHost = Pick<ReadHost, 'files' | 'account' | 'which' | 'environment'> & Pick<Host, 'run'>;

/** A command and how to run it; names as in Salt's functions, see `command-arguments.ts`. */
export interface CommandRun {
  readonly cmd: string | readonly string[];
  readonly cwd?: string | undefined;
  readonly stdin?: string | undefined;
  readonly runas?: string | undefined;
  readonly group?: string | undefined;
  readonly shell?: string | undefined;
  /** Whether a shell reads the command line. */
  readonly usesShell: boolean;
  readonly env?: Dict | undefined;
  readonly clean_env?: boolean;
  readonly template?: string | undefined;
  readonly rstrip?: boolean;
  readonly umask?: string | undefined;
  readonly output_loglevel?: string | undefined;
  readonly output_encoding?: string | undefined;
  readonly use_vt?: boolean;
  readonly hide_output?: boolean;
  readonly timeout?: number | undefined;
  readonly reset_system_locale?: boolean;
  readonly ignore_retcode?: boolean;
  readonly saltenv?: string | undefined;
  readonly bg?: boolean;
  readonly raise_err?: boolean;
  readonly prepend_path?: string | undefined;
  readonly success_retcodes?: readonly Value[];
  readonly success_stdout?: readonly string[];
  readonly success_stderr?: readonly string[];
  /** Standard error goes into standard output. */
  readonly merges?: boolean;
}

/** How a command ended, as `cmd.run_all` answers it. */
export interface CommandAnswer {
  readonly pid: number;
  readonly retcode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command for `cmd.*` and sets the retcode of the call. Throws `function-failed` when it cannot be started,
 * is not permitted, or failed though `raise_err` is set.
 */
export async function runCommand(run: CommandRun, context: CommandContext): Promise<CommandAnswer> {
  const account = await accountOf(run.runas, context);
  const cmd = await render(run.cmd, run, context);
  const line = typeof cmd === 'string' ? cmd : cmd.join(' ');
  if (context.isDirect === true && !isPermitted(line, context.options)) {
    throw failure(`The shell command "${line}" is not permitted`);
  }
  const request = await buildRequest({ ...run, cmd }, account, context);
  const answer = judge(run, line, await start(request, line, context));
  if (run.output_loglevel !== 'quiet') context.log.debug('command ended', { retcode: answer.retcode });
  context.setRetcode(run.ignore_retcode === true || run.bg === true ? 0 : answer.retcode);
  if (run.raise_err === true && answer.retcode !== 0) {
    throw failure(answer.stdout === '' ? `Command ended with status ${answer.retcode}` : answer.stdout);
  }
  return run.hide_output === true ? { ...answer, stdout: '', stderr: '' } : answer;
}

/** The shell commands get: the one that is asked for, else the user's, else `/bin/sh`. */
export function chooseShell(wanted: string | undefined, context: CommandContext): string {
  return wanted ?? context.host.environment('SHELL') ?? '/bin/sh';
}

async function accountOf(name: string | undefined, { host }: CommandContext): Promise<Account | undefined> {
  if (name === undefined || name === '') return undefined;
  const account = await host.account(name);
  if (account === undefined) throw failure(`User '${name}' is not available`);
  return account;
}

async function render(
  cmd: string | readonly string[],
  run: CommandRun,
  context: CommandContext,
): Promise<string | readonly string[]> {
  const engine = run.template;
  if (engine === undefined || engine === '') return cmd;
  const saltenv = run.saltenv ?? 'base';
  const renderText = (text: string): Promise<string> =>
    context.render({ text, file: '<command>', engine, context: new Map(), saltenv });
  return typeof cmd === 'string' ? renderText(cmd) : Promise.all(cmd.map(renderText));
}

async function buildRequest(
  run: CommandRun,
  account: Account | undefined,
  context: CommandContext,
): Promise<CommandRequest> {
  const command = await buildCommand(run, context);
  return {
    command: run.bg === true ? inBackground(command) : command,
    workingDirectory: await workingFolder(run.cwd, account, context),
    environment: buildEnvironment(run, context),
    signal: context.signal,
    mergeStderr: run.merges === true,
    ...(run.use_vt === true ? { hasTerminal: true } : {}),
    ...(run.output_encoding === undefined ? {} : { outputEncoding: run.output_encoding }),
    ...(run.clean_env === true ? { cleanEnvironment: true } : {}),
    ...(account === undefined ? {} : { user: account.name }),
    ...(run.group === undefined ? {} : { group: run.group }),
    ...(run.umask === undefined ? {} : { umask: readUmask(run.umask) }),
    ...(run.stdin === undefined ? {} : { input: run.stdin }),
    timeout: run.timeout === undefined || run.timeout === 0 ? null : run.timeout * 1000,
    answersTimeout: true,
  };
}

async function buildCommand(run: CommandRun, context: CommandContext): Promise<CommandRequest['command']> {
  if (run.usesShell) {
    const line = typeof run.cmd === 'string' ? run.cmd : run.cmd.join(' ');
    if (line.trim() === '') throw failure('The command is empty');
    const shell = chooseShell(run.shell, context);
    if ((await context.host.which(shell)) === undefined) throw failure(`The shell ${shell} is not available`);
    return { line, shell };
  }
  const words = typeof run.cmd === 'string' ? splitWords(run.cmd) : run.cmd;
  if (words.length === 0 || words[0] === '') throw failure('The command is empty');
  return words;
}

// A command in the background must neither hold the streams of the call nor end with it.
function inBackground(command: CommandRequest['command']): CommandRequest['command'] {
  if ('line' in command) return { ...command, inBackground: true };
  return ['/bin/sh', '-c', 'setsid "$@" >/dev/null 2>&1 </dev/null & echo $!', 'sh', ...command];
}

async function workingFolder(
  cwd: string | undefined,
  account: Account | undefined,
  { host }: CommandContext,
): Promise<string> {
  if (cwd === undefined || cwd === '') {
    const home = account?.home ?? host.environment('HOME') ?? '/';
    return (await host.files.stat(home, { follow: true }))?.kind === 'directory' ? home : '/';
  }
  const isFolder = posix.isAbsolute(cwd) && (await host.files.stat(cwd, { follow: true }))?.kind === 'directory';
  if (!isFolder) throw failure(`Specified cwd '${cwd}' either not absolute or does not exist`);
  return cwd;
}

const localeVariables = [
  ...['LC_CTYPE', 'LC_NUMERIC', 'LC_TIME', 'LC_COLLATE', 'LC_MONETARY', 'LC_MESSAGES', 'LC_PAPER', 'LC_NAME'],
  ...['LC_ADDRESS', 'LC_TELEPHONE', 'LC_MEASUREMENT', 'LC_IDENTIFICATION', 'LANGUAGE'],
];

function buildEnvironment(run: CommandRun, { host }: CommandContext): Record<string, string | null> {
  const variables: Record<string, string | null> = { NOTIFY_SOCKET: null };
  if (run.reset_system_locale !== false) for (const name of localeVariables) variables[name] = 'C';
  for (const [name, value] of run.env ?? []) variables[pythonStr(name)] = value === null ? '' : pythonStr(value);
  if (run.prepend_path !== undefined) {
    const path = variables['PATH'] ?? host.environment('PATH') ?? '';
    variables['PATH'] = `${run.prepend_path}:${path}`;
  }
  return variables;
}

function readUmask(digits: string): number {
  if (!/^[0-7]+$/.test(digits)) throw failure(`Invalid umask: '${digits}'`);
  const umask = Number.parseInt(digits, 8);
  if (umask === 0) throw failure('Zero umask is not allowed.');
  return umask;
}

async function start(request: CommandRequest, line: string, { host }: CommandContext): Promise<CommandResult> {
  try {
    const [program] = 'line' in request.command ? [request.command.shell] : request.command;
    const isMissing = program !== undefined && !program.includes('/') && (await host.which(program)) === undefined;
    if (isMissing) throw failure(`Unable to run command '${line}': ${program} was not found`);
    return await host.run(request);
  } catch (error) {
    if (isAppError(error, 'host-command')) throw failure(`Unable to run command '${line}': ${error.message}`, error);
    throw error;
  }
}

function judge(run: CommandRun, line: string, result: CommandResult): CommandAnswer {
  if (result.timedOut) {
    const stdout = `${line} : Timed out after ${String(run.timeout)} seconds`;
    return { pid: result.pid, retcode: 1, stdout, stderr: '' };
  }
  if (run.bg === true) return { pid: Number(result.stdout.trim()), retcode: 0, stdout: '', stderr: '' };
  const trim = (text: string): string => (run.rstrip === false || run.use_vt === true ? text : text.trimEnd());
  const [stdout, stderr] = [trim(result.stdout), trim(result.stderr)];
  const retcode = result.endedBy === undefined ? result.exitCode : -result.endedBy;
  const isSuccess =
    (run.success_retcodes ?? [0]).some((code) => Number(code) === retcode) ||
    (run.success_stdout ?? []).some((text) => stdout.includes(text)) ||
    (run.success_stderr ?? []).some((text) => stderr.includes(text));
  return { pid: result.pid, retcode: isSuccess ? 0 : retcode, stdout, stderr };
}
