import { createHash, getHashes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pythonStr, type Dict } from '@brine/common';
import { compare as compareBcrypt } from 'bcryptjs';
import { equalSecrets } from './compare-secrets.ts';
import type { LoginMethod, OnFault } from './login-method.ts';
import { runQuietly } from './run-quietly.ts';

/** What `file` works with. */
export interface PasswordFileOptions {
  /** `external_auth: file`, whose members that begin with `^` say how the file is read. */
  readonly settings: Dict;
  readonly onFault: OnFault;
}

interface FileSettings {
  readonly filename: string;
  readonly filetype: string;
  readonly hashtype: string;
  readonly realm: string;
  readonly separator: string;
  readonly userField: number;
  readonly passwordField: number;
}

/** `file`: users and passwords in a text file, as text, digests, or in Apache's formats `htpasswd` and `htdigest`. */
export function createPasswordFileMethod({ settings, onFault }: PasswordFileOptions): LoginMethod {
  const file = readSettings(settings);
  const storedOf = async (user: string): Promise<string | undefined> => {
    if (file.filename === '') {
      onFault('external_auth: file needs ^filename');
      return undefined;
    }
    try {
      return findStored((await readFile(file.filename, 'utf8')).split('\n'), user, file);
    } catch (error) {
      onFault('the file of users cannot be read', { file: file.filename, error });
      return undefined;
    }
  };
  return {
    async prove({ username, password }) {
      const stored = await storedOf(username);
      // Nobody has an empty password, as in an account that was left without one.
      if (stored === undefined || stored === '' || password === '') return false;
      return checkPassword({ username, password, stored }, file, onFault);
    },
    groupsOf: () => Promise.resolve([]),
    isStillGood: async (user) => (await storedOf(user)) !== undefined,
  };
}

function readSettings(settings: Dict): FileSettings {
  const text = (key: string, otherwise: string): string => {
    const value = settings.get(`^${key}`);
    return value === undefined || value === null ? otherwise : pythonStr(value);
  };
  const filetype = text('filetype', 'text').toLowerCase();
  const isText = filetype === 'text';
  return {
    filename: text('filename', ''),
    filetype,
    hashtype: text('hashtype', 'plaintext').toLowerCase(),
    realm: text('realm', ''),
    separator: isText ? text('field_separator', ':') : ':',
    userField: isText ? Number(text('username_field', '1')) - 1 : 0,
    passwordField: isText ? Number(text('password_field', '2')) - 1 : filetype === 'htdigest' ? 2 : 1,
  };
}

function findStored(lines: readonly string[], user: string, file: FileSettings): string | undefined {
  for (const line of lines) {
    const fields = line.trim().split(file.separator);
    if (fields[file.userField] !== user) continue;
    if (file.filetype === 'htdigest' && fields[1] !== file.realm) continue;
    return fields[file.passwordField];
  }
  return undefined;
}

interface Attempt {
  readonly username: string;
  readonly password: string;
  readonly stored: string;
}

async function checkPassword(attempt: Attempt, file: FileSettings, onFault: OnFault): Promise<boolean> {
  const { username, password, stored } = attempt;
  switch (file.filetype) {
    case 'text':
      if (file.hashtype === 'plaintext') return equalSecrets(password, stored);
      if (getHashes().includes(file.hashtype))
        return equalSecrets(digest(file.hashtype, password), stored.toLowerCase());
      onFault('^hashtype of external_auth: file is no digest', { hashtype: file.hashtype });
      return false;
    case 'htdigest':
      return equalSecrets(digest('md5', `${username}:${file.realm}:${password}`), stored.toLowerCase());
    case 'htpasswd':
      return checkApachePassword(password, stored, onFault);
    default:
      onFault('^filetype of external_auth: file must be text, htpasswd or htdigest', { filetype: file.filetype });
      return false;
  }
}

async function checkApachePassword(password: string, stored: string, onFault: OnFault): Promise<boolean> {
  if (/^\$2[aby]\$/.test(stored)) return compareBcrypt(password, stored);
  if (stored.startsWith('{SHA}')) {
    return equalSecrets(`{SHA}${createHash('sha1').update(password).digest('base64')}`, stored);
  }
  const [, kind, salt] = /^\$(apr1|1|5|6)\$([^$]{1,16})\$/.exec(stored) ?? [];
  if (kind === undefined || salt === undefined || /[\0\n]/.test(password)) {
    if (kind === undefined) onFault('a password is stored in a form that is not supported: use htpasswd -B');
    return false;
  }
  const { status, stdout } = await runQuietly(
    'openssl',
    ['passwd', `-${kind}`, '-salt', salt, '-stdin'],
    `${password}\n`,
  );
  if (status === undefined) onFault('openssl cannot be run; passwords in this form cannot be checked');
  return status === 0 && equalSecrets(stdout.trim(), stored);
}

function digest(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest('hex');
}
