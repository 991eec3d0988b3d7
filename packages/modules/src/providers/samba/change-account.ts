import { randomBytes } from 'node:crypto';
import { AppError } from '@brine/common';
import type { Host } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { readSambaAccounts, type SambaAccount } from './accounts.ts';
import { compareAccount, wantedHash, type AccountWish } from './plan-account.ts';

/** Removes an account. Throws `state-failed` when Samba refuses. */
export async function removeAccount(machine: Host, login: string): Promise<void> {
  await runTool(machine, ['pdbedit', '--delete', `--user=${login}`]);
}

/** Makes an account with a password; its owner is the Unix account of that name. Throws `state-failed`. */
export async function createAccount(
  machine: Host,
  login: string,
  { password, isMachine }: { readonly password: string; readonly isMachine: boolean },
): Promise<void> {
  const command = ['pdbedit', '--create', `--user=${login}`, '--password-from-stdin'];
  const input = `${password}\n${password}\n`;
  await runTool(machine, [...command, ...(isMachine ? ['--machine'] : [])], { input });
}

/** Gives an account its password and attributes, one that is not there is made. Throws `state-failed`. */
export async function bringAbout(machine: Host, login: string, wish: AccountWish, isMachine = false): Promise<void> {
  const before = (await readSambaAccounts(machine)).get(login);
  const hash = wantedHash(wish);
  // What a plain password needs to be set is the same for an account that is there.
  if (before === undefined || (hash !== undefined && !wish.password_hashed && before['nt hash'] !== hash))
    await createAccount(machine, login, { password: firstPassword(wish), isMachine });
  const made = await findAccount(machine, login);
  if (hash !== undefined && made['nt hash'] !== hash) await importHash(machine, made, hash);
  const account = await findAccount(machine, login);
  // A new password takes the flag away that says that none is needed.
  const flags = wish.account_control ?? before?.['account flags'];
  const words = compareAccount(account, { ...wish, account_control: flags }).flatMap((change) => change.words);
  if (words.length > 0) await runTool(machine, ['pdbedit', '--modify', `--user=${login}`, ...words]);
}

// Until its hash is set nobody shall know what an account can be entered with.
function firstPassword({ password, password_hashed }: AccountWish): string {
  return password_hashed ? randomBytes(24).toString('hex') : (password ?? '');
}

/** The account of a login, or of the machine of that name. Throws `state-failed` when there is none. */
async function findAccount(machine: Host, login: string): Promise<SambaAccount> {
  const accounts = await readSambaAccounts(machine);
  const account = accounts.get(login) ?? accounts.get(`${login}$`);
  if (account !== undefined) return account;
  throw new AppError({ code: 'state-failed', message: `pdbedit did not make the account ${login}` });
}

/**
 * Gives an account an NT hash. A hash is as good as the password, so it must not be on a command line, where
 * `--set-nt-hash` would have it: it is read out of a file that nobody else can. What such a file cannot hold is lost by
 * that and put back; an account with something that cannot be put back is refused.
 */
async function importHash(machine: Host, account: SambaAccount, hash: string): Promise<void> {
  const login = account['unix username'] ?? '';
  const owner = await machine.account(login);
  if (owner === undefined) throw new AppError({ code: 'state-failed', message: `there is no Unix account ${login}` });
  const hindrance = await findHindrance(machine, account, owner.uid);
  if (hindrance !== undefined) throw new AppError({ code: 'state-failed', message: hindrance });
  const folder = `/tmp/__brine.pdbedit.${randomBytes(6).toString('hex')}`;
  await machine.files.makeDirectory(folder, { mode: 0o700 });
  try {
    const path = `${folder}/smbpasswd`;
    await machine.files.write(path, Buffer.from(passwordLine(account, owner.uid, hash)), { mode: 0o600 });
    await runTool(machine, ['pdbedit', `--import=smbpasswd:${path}`, `--user=${login}`]);
  } finally {
    await machine.files.remove(folder, { recursive: true });
  }
  await runTool(machine, ['pdbedit', '--modify', `--user=${login}`, ...restoringWords(account)]);
  if ((await findAccount(machine, login))['nt hash'] !== hash)
    throw new AppError({ code: 'state-failed', message: `pdbedit did not take the NT hash of ${login}` });
}

function passwordLine(account: SambaAccount, uid: number, hash: string): string {
  const changed = Math.floor(Date.now() / 1000)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0');
  const flags = account['account flags'] ?? '[U          ]';
  return `${account['unix username'] ?? ''}:${uid}:${'X'.repeat(32)}:${hash}:${flags}:LCT-${changed}:\n`;
}

function restoringWords(account: SambaAccount): readonly string[] {
  const value = (label: string): string => account[label] ?? '';
  return [
    '-U',
    value('user sid'),
    `--domain=${value('domain')}`,
    `--fullname=${value('full name')}`,
    `--account-desc=${value('account desc')}`,
    `--homedir=${value('home directory')}`,
    `--drive=${value('homedir drive')}`,
    `--profile=${value('profile path')}`,
    `--script=${value('logon script')}`,
  ];
}

async function findHindrance(machine: Host, account: SambaAccount, uid: number): Promise<string | undefined> {
  const kept = ['workstations', 'munged dial'].find((label) => (account[label] ?? '') !== '');
  const hours = /^F*$/.test(account['logon hours'] ?? '') ? undefined : 'logon hours';
  const kickoff = /^$|never|203[68]/.test(account['kickoff time'] ?? '') ? undefined : 'kickoff time';
  const lost = kept ?? hours ?? kickoff;
  const login = account['unix username'] ?? '';
  if (lost !== undefined) return `the NT hash of ${login} cannot be set without losing its ${lost}: give the password`;
  // The number an imported account has until its own is put back.
  const passing = `-${2 * uid + 1000}`;
  const others = [...(await readSambaAccounts(machine)).values()].filter((each) => each['unix username'] !== login);
  const taken = others.find((each) => each['user sid']?.endsWith(passing) === true);
  return taken === undefined
    ? undefined
    : `the NT hash of ${login} cannot be set: its number would be that of ${taken['unix username'] ?? ''} meanwhile`;
}
