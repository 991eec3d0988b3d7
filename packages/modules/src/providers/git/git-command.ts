import { AppError, isAppError, type Applied } from '@brine/common';
import type { CommandRequest, CommandResult, Host, ReadHost } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { saidByProgram } from '../commands/run-tool.ts';
import { redactUrl } from '../files/find-source.ts';

const gitTimeout = 1_800_000;

/** A web server that sends nothing for five minutes is given up. */
const silenceLimit = { GIT_HTTP_LOW_SPEED_LIMIT: '1', GIT_HTTP_LOW_SPEED_TIME: '300' };

/** How git is run for a state. */
export interface GitIdentity {
  readonly user: string | undefined;
  /** Paths of private ssh keys. */
  readonly identity: readonly string[] | undefined;
  readonly https?: HttpsLogin | undefined;
}

/** Who logs in to a server over https. */
export interface HttpsLogin {
  readonly user: string;
  readonly password: string | undefined;
  /** A URL on that server: no other one is told the password. */
  readonly url: string;
  /** Whether it was in the URL, where a token may be the name of the user. */
  readonly isFromUrl?: boolean;
}

/** The login that arguments name, or else the URL with its password; undefined when there is none. */
export function httpsLogin(
  url: string,
  user: string | undefined,
  password: string | undefined,
): HttpsLogin | undefined {
  if (user !== undefined) return { user, password, url };
  const [, name, secret] = /^https?:\/\/([^/@:]*):([^/@]*)@/.exec(url) ?? [];
  if (name === undefined || secret === undefined) return undefined;
  return { user: decode(name), password: decode(secret), url, isFromUrl: true };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A URL with the name of the user that fetches it. The password is in no URL: lists of processes and `.git/config` show these. */
export function urlWithLogin(url: string, { https }: Pick<GitIdentity, 'https'>): string {
  if (https === undefined || !/^https?:\/\//.test(url)) return url;
  const user = https.isFromUrl === true ? '' : `${encodeURIComponent(https.user)}@`;
  return url.replace(/^(https?:\/\/)(?:[^/@]*@)?/, `$1${user}`);
}

/** The same with the password, for a remote that is to be kept so: who reads the checkout's configuration reads it. */
export function urlWithPassword(url: string, identity: Pick<GitIdentity, 'https'>): string {
  const password = identity.https?.password;
  if (identity.https?.isFromUrl === true) return url;
  const bare = urlWithLogin(url, identity);
  return password === undefined || bare === url ? bare : bare.replace(/@/, `:${encodeURIComponent(password)}@`);
}

// A shell that git starts prints it, by a command of its own: no program has it among its arguments.
const helper = `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$BRINE_GIT_USER" "$BRINE_GIT_PASSWORD"; }; f`;

/** What makes git ask us for a password, on one server alone. */
export function loginOptions({ https }: Pick<GitIdentity, 'https'>): readonly string[] {
  const [server] = /^https?:\/\/(?:[^/@]*@)?[^/?#]+/.exec(https?.url ?? '') ?? [];
  if (https?.password === undefined || server === undefined) return [];
  const scope = server.replace(/\/\/.*@/, '//');
  // The empty one first: helpers that are configured would keep the password.
  return ['-c', `credential.${scope}.helper=`, '-c', `credential.${scope}.helper=${helper}`];
}

/** Git with the login, environment and account it runs with; it never asks anything. */
export function gitRequest(identity: GitIdentity, args: readonly string[]): CommandRequest {
  const keys = (identity.identity ?? []).map((path) => `-i '${path.replaceAll("'", `'\\''`)}'`).join(' ');
  const ssh = `ssh -o BatchMode=yes -o StrictHostKeyChecking=no${keys === '' ? '' : ` -o IdentitiesOnly=yes ${keys}`}`;
  return {
    command: ['git', ...loginOptions(identity), ...args],
    environment: {
      ...{ GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: ssh, LC_ALL: 'C.UTF-8' },
      ...silenceLimit,
      ...passwordOf(identity),
    },
    timeout: gitTimeout,
    ...(identity.user === undefined ? {} : { user: identity.user }),
  };
}

/** Only who runs git, and root, can read the environment of a process. */
function passwordOf({ https }: GitIdentity): Record<string, string> {
  return https?.password === undefined || !/^https?:/.test(https.url)
    ? {}
    : { BRINE_GIT_USER: https.user, BRINE_GIT_PASSWORD: https.password };
}

/** Says which of the keys are not there; `undefined` when all are. */
export async function missingKeys(host: ReadHost, { identity }: GitIdentity): Promise<string | undefined> {
  const missing: string[] = [];
  for (const path of identity ?? []) if ((await host.files.stat(path)) === undefined) missing.push(path);
  if (missing.length === 0) return undefined;
  return `Unable to authenticate using identity file:\n\nThe following identity file(s) were not found: ${missing.join(', ')}`;
}

/** Looks with git; gives the output, or `undefined` when git says no. */
export async function askGit(
  host: ReadHost,
  args: readonly string[],
  identity: GitIdentity,
): Promise<string | undefined> {
  const result = await host.inspect(gitRequest(identity, args));
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

/** What a remote has: ref → commit. Throws `state-failed` when it cannot be reached. */
export async function listRemote(
  host: ReadHost,
  url: string,
  identity: GitIdentity,
): Promise<ReadonlyMap<string, string>> {
  const args = ['ls-remote', '--', urlWithLogin(url, identity)];
  const result = await host.inspect(gitRequest(identity, args));
  if (result.exitCode !== 0) throw gitFailure(args, result);
  const rows = result.stdout.split('\n').map((line) => line.split('\t'));
  return new Map(
    rows.flatMap(([commit, ref]) => (commit === undefined || ref === undefined ? [] : [[ref, commit] as const])),
  );
}

/** Runs git; throws `state-failed` with what it complained about, without passwords. */
export async function runGit(
  machine: Host,
  args: readonly string[],
  identity: GitIdentity,
  request: Pick<CommandRequest, 'mergeStderr' | 'signal'> = {},
): Promise<string> {
  const result = await machine.run({ ...gitRequest(identity, args), ...request });
  if (result.exitCode !== 0) throw gitFailure(args, result);
  return result.stdout.trim();
}

/** Brings all submodules of a clone to the commits it names. */
export async function updateSubmodules(git: (...args: readonly string[]) => Promise<string>): Promise<void> {
  await explainGit('Failed to update submodules: ', () => git('submodule', 'update', '--init', '--recursive'));
}

/** What `work` gives; where git refuses, throws `state-failed` with what it said behind `words`. */
export async function explainGit<Result>(words: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    throw new AppError({ code: 'state-failed', message: `${words}${saidByProgram(caught)}`, cause: caught });
  }
}

/** What stands before what git said of a fetch that failed. */
export const fetchFailed =
  "Fetch failed. Set 'force_fetch' to True to force the fetch if the failure was due to not being able to fast-forward. " +
  'Output of the fetch command follows:\n\n';

/** Applies a change by git; where it refuses, the comment is what it said behind `words`. */
export function attemptGit(words: string, work: () => Promise<Applied>): Promise<Applied> {
  return attempt('', () => explainGit(words, work));
}

function gitFailure(args: readonly string[], result: CommandResult): AppError {
  const redact = (text: string): string => text.replace(/[a-z]+:\/\/[^\s']+/g, (url) => redactUrl(url));
  const said = [result.stderr.trim(), result.stdout.trim()].find((text) => text !== '');
  const words = args[0] === '-C' ? args.slice(2) : args;
  const command = `Command '${redact(['git', ...words].join(' ').replaceAll('\n', ' '))}'`;
  return new AppError({
    code: 'state-failed',
    message: `${command} failed${said === undefined ? '' : `: ${redact(said)}`}`,
    details: { program: 'git', exitCode: result.exitCode, ...(said === undefined ? {} : { said: redact(said) }) },
  });
}
