import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { Duplex } from 'node:stream';
import { AppError, systemClock, type Timer } from '@brine/common';
import type { Account, CommandRequest, CommandResult } from '../../kit/index.ts';
import type { Accounts } from './accounts.ts';
import { errnoOf } from './file-failure.ts';
import { findProgram } from './find-program.ts';
import { OutputBuffer } from './output-buffer.ts';
import { concealedDescriptor, shellWords } from './shell-words.ts';
import { inTerminal } from './in-terminal.ts';

const defaultOutputLimit = 16 * 1024 * 1024;
const killGrace = 2_000;
/** How long output may go on after the program ended: a daemon it left behind may hold its streams for ever. */
const streamGrace = 1_000;
const signalNumbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** Starts a program in a process group of its own and waits for its end. */
export async function runCommand(request: CommandRequest, accounts: () => Accounts): Promise<CommandResult> {
  const identity = await identityOf(request, accounts);
  const words = commandWords(request);
  const command = wrap(getsTerminal(request) ? inTerminal(words) : words, request, identity.prefix);
  const environment = buildEnvironment(request, identity.account);
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    const child = start(
      program,
      args,
      {
        cwd: request.workingDirectory,
        env: environment,
        detached: true,
        stdio: streams(request),
      },
      request,
    );
    watch(child, request, { resolve, reject });
  });
}

// What no command line can carry (a NUL) Node refuses at once instead of by an event.
function start(program: string, args: readonly string[], options: SpawnOptions, request: CommandRequest): ChildProcess {
  try {
    return spawn(program, args, options);
  } catch (caught) {
    throw startFailure(request, caught);
  }
}

interface Settling {
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (error: AppError) => void;
}

function watch(child: ChildProcess, request: CommandRequest, settling: Settling): void {
  const limit = request.outputLimit ?? defaultOutputLimit;
  const stdout = new OutputBuffer(limit);
  const stderr = new OutputBuffer(limit);
  const stop = createStop(child, request);
  child.stdout?.on('data', (chunk: Buffer) => stdout.add(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.add(chunk));
  // A program may end without having read its input.
  child.stdin?.on('error', () => {});
  child.stdin?.end(request.input);
  handOverLine(child, request);
  child.on('error', (caught) => {
    stop.clear();
    const missing = errnoOf(caught) === 'ENOENT' ? missingResult(request, child) : undefined;
    if (missing === undefined) settling.reject(startFailure(request, caught));
    else settling.resolve(missing);
  });
  child.on('exit', () => {
    setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, streamGrace).unref();
  });
  child.on('close', (code, signal) => {
    stop.clear();
    const settle = (): void => settling.resolve(resultOf({ child, request, stop, stdout, stderr }, code, signal));
    // What it had started may still be at its cleaning up, or take no notice.
    if (stop.isEnding()) awaitGroupEnd(child, settle);
    else settle();
  });
}

interface Ended {
  readonly child: ChildProcess;
  readonly request: CommandRequest;
  readonly stop: Stop;
  readonly stdout: OutputBuffer;
  readonly stderr: OutputBuffer;
}

function resultOf(ended: Ended, code: number | null, signal: NodeJS.Signals | null): CommandResult {
  const { child, request, stop, stdout, stderr } = ended;
  const timedOut = stop.timedOut();
  const number = signalNumbers[signal ?? ''] ?? 15;
  const exitCode = timedOut ? 124 : (code ?? 128 + number);
  const said = stdout.toText(request.outputEncoding);
  return {
    exitCode,
    ...(code === null && !timedOut ? { endedBy: number } : {}),
    pid: child.pid ?? 0,
    stdout: getsTerminal(request) ? said.replaceAll('\r\n', '\n') : said,
    stderr: stderr.toText(request.outputEncoding),
    timedOut,
  };
}

/** Milliseconds. */
const groupPoll = 20;

/** Goes on when nobody of a process group is left; who takes longer than the grace is killed. */
function awaitGroupEnd(child: ChildProcess, goOn: () => void, left = killGrace): void {
  if (!killGroup(child, left > 0 ? 0 : 'SIGKILL') || left < -streamGrace) return goOn();
  setTimeout(() => awaitGroupEnd(child, goOn, left - groupPoll), groupPoll);
}

function streams(request: CommandRequest): SpawnOptions['stdio'] {
  const three = [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] as const;
  return isConcealed(request) ? [...three, 'pipe'] : [...three];
}

function isConcealed({ command }: CommandRequest): boolean {
  return 'line' in command && command.isConcealed === true;
}

function getsTerminal(request: CommandRequest): boolean {
  return request.hasTerminal === true && !isConcealed(request);
}

function handOverLine(child: ChildProcess, { command }: CommandRequest): void {
  const pipe = child.stdio[concealedDescriptor];
  if (!(pipe instanceof Duplex) || !('line' in command)) return;
  pipe.on('error', () => {});
  // What goes on in the background would hold the other end.
  pipe.end(command.line, () => pipe.destroy());
}

interface Stop {
  clear(): void;
  /** Whether the program was told to end. */
  isEnding(): boolean;
  timedOut(): boolean;
}

function createStop(child: ChildProcess, request: CommandRequest): Stop {
  let [timedOut, isEnding] = [false, false];
  const timers: Timer[] = [];
  const end = (): void => {
    isEnding = true;
    killGroup(child, 'SIGTERM');
    timers.push(systemClock.after(killGrace, () => killGroup(child, 'SIGKILL')));
  };
  if (typeof request.timeout === 'number')
    timers.push(
      systemClock.after(request.timeout, () => {
        timedOut = true;
        end();
      }),
    );
  if (request.signal?.aborted === true) end();
  request.signal?.addEventListener('abort', end);
  return {
    clear: () => {
      request.signal?.removeEventListener('abort', end);
      for (const timer of timers) timer.cancel();
    },
    isEnding: () => isEnding,
    timedOut: () => timedOut,
  };
}

/** Whether there is anybody in the group. */
function killGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch (caught) {
    if (errnoOf(caught) !== 'ESRCH') throw caught;
    return false;
  }
}

// ENOENT is also what a missing working directory gives; only the program's own absence is an ordinary answer.
function missingResult(request: CommandRequest, child: ChildProcess): CommandResult | undefined {
  if (request.workingDirectory !== undefined) return undefined;
  const name = commandWords(request)[0] ?? '';
  return { exitCode: 127, pid: child.pid ?? 0, stdout: '', stderr: `${name}: not found`, timedOut: false };
}

function startFailure(request: CommandRequest, caught: unknown): AppError {
  const name = commandWords(request)[0] ?? '';
  const place = request.workingDirectory === undefined ? '' : ` in ${request.workingDirectory}`;
  const reason = errnoOf(caught) === 'ENOENT' ? 'the program or the folder does not exist' : String(caught);
  return new AppError({ code: 'host-command', message: `cannot start ${name}${place}: ${reason}`, cause: caught });
}

function commandWords(request: CommandRequest): readonly string[] {
  if (!('line' in request.command)) return request.command;
  const cat = findProgram('cat') ?? '';
  return shellWords(request.command, /^[\w/.-]+$/.test(cat) ? cat : '/bin/cat');
}

// Node's own uid option drops the supplementary groups, hence setpriv. Umask and merged streams need a shell's help;
// the words themselves are handed through it untouched.
function wrap(words: readonly string[], request: CommandRequest, prefix: readonly string[]): readonly string[] {
  const whole = [...prefix, ...words];
  const umask = request.umask === undefined ? '' : `umask ${request.umask.toString(8)}; `;
  const merge = request.mergeStderr === true ? ' 2>&1' : '';
  return umask === '' && merge === '' ? whole : ['/bin/sh', '-c', `${umask}exec "$@"${merge}`, 'sh', ...whole];
}

async function identityOf(
  request: CommandRequest,
  accounts: () => Accounts,
): Promise<{ readonly prefix: readonly string[]; readonly account: Account | undefined }> {
  if (request.user === undefined && request.group === undefined) return { prefix: [], account: undefined };
  const account = request.user === undefined ? undefined : await accountOf(request.user, accounts());
  const gid = request.group === undefined ? account?.gid : await gidOf(request.group, accounts());
  if (isOwnIdentity(account, gid)) return { prefix: [], account };
  const supplementary = account === undefined ? ['--keep-groups'] : await groupOptions(account, accounts());
  const user = account === undefined ? [] : [`--reuid=${account.uid}`];
  return { prefix: ['setpriv', ...user, `--regid=${gid ?? 0}`, ...supplementary, '--'], account };
}

function isOwnIdentity(account: Account | undefined, gid: number | undefined): boolean {
  const isSameUser = account === undefined || account.uid === process.getuid?.();
  return isSameUser && (gid === undefined || gid === process.getgid?.());
}

async function accountOf(name: string, accounts: Accounts): Promise<Account> {
  const account = await accounts.account(name);
  if (account !== undefined) return account;
  throw new AppError({ code: 'host-account', message: `User '${name}' is not available` });
}

async function gidOf(name: string, accounts: Accounts): Promise<number> {
  const group = await accounts.group(name);
  if (group !== undefined) return group.gid;
  throw new AppError({ code: 'host-account', message: `Group '${name}' is not available` });
}

async function groupOptions(account: Account, accounts: Accounts): Promise<readonly string[]> {
  const names = await accounts.groupsOf(account.name);
  const found = await Promise.all(names.map((name) => accounts.group(name)));
  const gids = found.flatMap((group) => group?.gid ?? []);
  return gids.length === 0 ? ['--clear-groups'] : [`--groups=${gids.join(',')}`];
}

function buildEnvironment(request: CommandRequest, account: Account | undefined): NodeJS.ProcessEnv {
  const start: NodeJS.ProcessEnv = request.cleanEnvironment === true ? {} : { ...process.env };
  if (account !== undefined)
    Object.assign(start, { HOME: account.home, USER: account.name, LOGNAME: account.name, SHELL: account.shell });
  for (const [name, value] of Object.entries(request.environment ?? {})) {
    if (value === null) delete start[name];
    else start[name] = value;
  }
  return start;
}
