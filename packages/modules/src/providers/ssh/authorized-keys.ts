import { AppError, isAppError } from '@brine/common';
import {
  lineText,
  optional,
  textList,
  withDefault,
  type Account,
  type Host,
  type ReadHost,
  type StateContext,
} from '../../kit/index.ts';
import { findSource } from '../files/find-source.ts';
import { isDirectory, parentOf } from '../files/paths.ts';
import { fullType, isKeyType, readKeyLine, type KeyLine } from './key-line.ts';

/** The arguments `ssh_auth.present` and `ssh_auth.absent` share. */
export const keyArguments = {
  name: lineText().describe('The key, or a whole line with options, type and comment.'),
  user: lineText().describe('The account that may log in with it.'),
  enc: withDefault(lineText(), 'ssh-rsa').describe('Type of the key.'),
  comment: withDefault(lineText(), '').describe('Comment behind the key.'),
  source: optional(lineText()).describe('URL of a file with keys, one a line.'),
  options: optional(textList()).describe('Options before the key.'),
  config: withDefault(lineText(), '.ssh/authorized_keys').describe(
    'The file, from the home directory; %h and %u are filled in.',
  ),
  fingerprint_hash_type: optional(lineText()).describe('Accepted for compatibility; keys are compared whole.'),
};

/** What of a state says which keys are meant. */
export interface KeyRequest {
  readonly name: string;
  readonly user: string;
  readonly enc: string;
  readonly comment: string;
  readonly source: string | undefined;
  readonly options: readonly string[] | undefined;
  readonly config: string;
}

/** The keys a state is about; a text says why there are none. */
export async function requestedKeys(request: KeyRequest, context: StateContext): Promise<readonly KeyLine[] | string> {
  if (request.source === undefined || request.source === '') {
    if (!isKeyType(request.enc)) return `Incorrect encryption key type '${request.enc}'.`;
    const key = toKey(request);
    return isKey(key) ? [key] : 'Invalid public ssh key, most likely has spaces or invalid syntax';
  }
  const found = await findSource({ source: request.source, skipVerify: true, target: request.name }, context);
  if (typeof found === 'string') return `Failed to add the ssh key. Source file ${request.source} is missing`;
  const text = Buffer.from((await context.host.files.read(found.path)) ?? '').toString('utf8');
  return text.split('\n').flatMap((line) => withOptions(readKeyLine(line), request.options) ?? []);
}

function withOptions(key: KeyLine | undefined, options: readonly string[] | undefined): KeyLine | undefined {
  return key === undefined || key.options.length > 0 ? key : { ...key, options: options ?? [] };
}

function toKey({ name, enc, comment, options }: KeyRequest): KeyLine {
  const whole = readKeyLine(name);
  if (whole !== undefined)
    return {
      ...whole,
      options: whole.options.length > 0 ? whole.options : (options ?? []),
      comment: whole.comment || comment,
    };
  const [key = '', ...rest] = name.trim().split(/\s+/);
  return { options: options ?? [], type: fullType(enc), key, comment: rest.length > 0 ? rest.join(' ') : comment };
}

/** Whether it is base64 with the padding it needs; more than that is not looked at, as in Salt. */
function isKey({ key }: KeyLine): boolean {
  const [, letters = '', padding = ''] = /^([A-Za-z0-9+/]*)(={0,2})$/.exec(key) ?? [];
  const missing = (4 - (letters.length % 4)) % 4;
  return letters !== '' && missing < 3 && padding.length >= missing;
}

/** The authorized_keys file of an account; `undefined` while there is no such account. */
export async function keyFile(
  host: ReadHost,
  { user, config }: Pick<KeyRequest, 'user' | 'config'>,
): Promise<string | undefined> {
  const account = await host.account(user);
  const filled = config
    .replaceAll('%u', user)
    .replaceAll('%h', account?.home ?? '%h')
    .replaceAll('%%', '%');
  if (filled.startsWith('/')) return filled;
  refuseWayOut(filled);
  return account === undefined ? undefined : `${account.home}/${filled}`;
}

/** What is named from the home folder of an account is there, and nowhere else. Throws `state-failed`. */
export function refuseWayOut(config: string): void {
  if (!config.split('/').includes('..')) return;
  throw new AppError({
    code: 'state-failed',
    message: `The file ${config} leaves the home folder; name it by its whole path`,
  });
}

/** The text of an authorized_keys file; empty when it is missing. */
export async function readKeys(host: ReadHost, path: string | undefined): Promise<string> {
  if (path === undefined) return '';
  const bytes = await host.files.read(path).catch((caught: unknown) => {
    if (isAppError(caught)) return undefined;
    throw caught;
  });
  return bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
}

/** Writes an authorized_keys file with the owner and modes that sshd insists on. */
export async function writeKeys(
  machine: Host,
  path: string,
  { text, account }: { readonly text: string; readonly account: Account },
): Promise<void> {
  const owner = { uid: account.uid, gid: account.gid };
  if (!(await isDirectory(machine, parentOf(path))))
    await machine.files.makeDirectory(parentOf(path), { ...owner, mode: 0o700, parents: true });
  const existing = await machine.files.stat(path, { follow: true });
  const target = (await machine.files.realPath(path)) ?? path;
  await machine.files.write(target, Buffer.from(text), existing === undefined ? { ...owner, mode: 0o600 } : {});
}
