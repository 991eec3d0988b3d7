import { z } from 'zod';
import { argument, flag, optional, text, textList, withDefault, type Argument } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { httpsLogin, runGit, type GitIdentity } from '../../providers/git/git-command.ts';
import { safeName } from '../safe-name.ts';
import { splitWords } from '../split-words.ts';

/** The folder of a checkout. */
export const cwd = safeName('a path').describe('The folder of the checkout.');

/** Options for the subcommand and for git itself, in this order. */
export const optionArguments = {
  opts: words().describe('More options for the subcommand.'),
  git_opts: words().describe('More options for git itself.'),
};

/** How git is run, in Salt's order; those of `remote` belong to functions that speak with a remote. */
export const runArguments = {
  user: optional(safeName('the name of an account')).describe('Account git runs as.'),
  password: secret(optional(text())).describe('Accepted for Salt, where it counts on Windows only.'),
};
export const remoteArguments = {
  identity: optional(textList()).describe('Paths of private ssh keys.'),
};
export const loginArguments = {
  https_user: optional(text()).describe('User name for https.'),
  https_pass: secret(optional(text())).describe('Password for https.'),
};
export const lastArguments = {
  ignore_retcode: withDefault(flag(), false).describe('Accepted for Salt; a failure is logged once only.'),
  saltenv: optional(text()).describe('Accepted for Salt; keys are paths on this machine.'),
  output_encoding: optional(text()).describe('Accepted for Salt; output is UTF-8.'),
};

/** The arguments of functions that know nothing but a folder and how to run git. */
export const plainSchema = z.object({ cwd, ...runArguments, ...lastArguments });

/** What of a call says how git is run. */
export interface GitCall {
  readonly cwd?: string | undefined;
  readonly user: string | undefined;
  readonly git_opts?: readonly string[];
  readonly identity?: readonly string[] | undefined;
  /** The URL that the login is for. */
  readonly url?: string | undefined;
  readonly https_user?: string | undefined;
  readonly https_pass?: string | undefined;
}

/** Runs git in the folder of a call and gives its output; throws with what it complained about. */
export async function git(
  call: GitCall,
  context: FunctionContext,
  args: readonly string[],
  options: { readonly mergeStderr?: boolean } = {},
): Promise<string> {
  const folder = call.cwd === undefined ? [] : ['-C', await folderOf(call.cwd, call, context)];
  const command = [...folder, ...(call.git_opts ?? []), ...args];
  return runGit(context.host, command, identityOf(call), { ...options, signal: context.signal });
}

/** The folder a call names, a leading `~` replaced. */
export function folderOf(folder: string, { user }: GitCall, { host }: FunctionContext): Promise<string> {
  const path = user !== undefined && /^~(\/|$)/.test(folder) ? folder.replace('~', `~${user}`) : folder;
  return expandHome(host, path);
}

/** Who a call runs git as. */
export function identityOf({ user, identity, url = '', https_user, https_pass }: GitCall): GitIdentity {
  return { user, identity, https: httpsLogin(url, https_user, https_pass) };
}

function words(): Argument<readonly string[]> {
  const read = argument<readonly string[]>('options as a text or a list', (value) => {
    if (typeof value === 'string') return splitWords(value);
    return textList().safeParse(value).data;
  });
  return withDefault(read, []);
}
