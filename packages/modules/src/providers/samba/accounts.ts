import { AppError } from '@brine/common';
import { lineText, type Argument, type ReadHost } from '../../kit/index.ts';
import { toolFailure } from '../commands/run-tool.ts';
import { md4 } from './md4.ts';

/** What `pdbedit` tells of an account, by its labels in lower case (`full name`). */
export type SambaAccount = Readonly<Record<string, string>>;

/** The name of an account that is neither an option nor ends a field of a line. */
export function sambaLogin(): Argument<string> {
  return lineText().refine((value) => /^[^-:\s][^:]*$/.test(value), 'must be the name of an account');
}

/** The NT hash of a password, in upper-case hex. */
export function ntHash(password: string): string {
  return md4(Buffer.from(password, 'utf16le')).toUpperCase();
}

/** All accounts with their hashes, by login. Throws `provider-missing` without Samba, `state-failed` when it refuses. */
export async function readSambaAccounts(host: ReadHost): Promise<ReadonlyMap<string, SambaAccount>> {
  const said = await ask(host, ['pdbedit', '--list', '--verbose', '--smbpasswd-style']);
  const accounts = said
    .split(/\n-+|-+\n/)
    .map(readAccount)
    .filter((account) => Object.keys(account).length > 0);
  return new Map(accounts.map((account) => [account['unix username'] ?? '', account]));
}

function readAccount(text: string): SambaAccount {
  const found: Record<string, string> = {};
  let last: string | undefined;
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const colon = line.indexOf(':');
    const label: string = colon === -1 ? (last ?? '') : line.slice(0, colon).trim().toLowerCase();
    found[label] = colon === -1 ? `${found[label] ?? ''}${line.trim()}` : line.slice(colon + 1).trim();
    last = label;
  }
  return found;
}

/** The logins of all accounts, as Samba lists them. */
export async function listSambaLogins(host: ReadHost): Promise<readonly string[]> {
  const lines = (await ask(host, ['pdbedit', '--list'])).split('\n').map((line) => line.split(':'));
  return lines.filter((fields) => fields.length >= 3).map(([login = '']) => login);
}

async function ask(host: ReadHost, command: readonly string[]): Promise<string> {
  const result = await host.inspect({ command, timeout: 300_000 });
  if (result.exitCode === 127)
    throw new AppError({ code: 'provider-missing', message: 'pdbedit was not found on this minion.' });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  return result.stdout;
}
