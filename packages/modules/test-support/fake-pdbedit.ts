import { ntHash } from '../src/providers/samba/accounts.ts';
import type { FakeHost, FakeProgram } from '@brine/testkit';

type Accounts = Readonly<Record<string, Readonly<Record<string, string>>>>;

const fresh = (login: string, hash: string): Readonly<Record<string, string>> => ({
  'Unix username': login,
  'Account Flags': '[U          ]',
  'User SID': 'S-1-5-21-1-2-3-1000',
  'Full Name': login,
  'Home Directory': `\\\\BOX\\${login}`,
  'HomeDir Drive': '',
  'Logon Script': '',
  'Profile Path': '',
  Domain: 'BOX',
  'Account desc': '',
  Workstations: '',
  'Bad password count': '0',
  'Logon hours': 'F'.repeat(42),
  'LM hash': 'X'.repeat(32),
  'NT hash': hash,
});

const labels: Readonly<Record<string, string>> = {
  '--domain': 'Domain',
  '--fullname': 'Full Name',
  '--account-desc': 'Account desc',
  '--homedir': 'Home Directory',
  '--drive': 'HomeDir Drive',
  '--profile': 'Profile Path',
  '--script': 'Logon Script',
};

/** A `pdbedit` like that of Samba 4.17, whose accounts are the fact `samba`. */
export const fakePdbedit: FakeProgram = async (words, machine, { input }) => {
  const accounts = machine.facts.get('samba') as Accounts;
  const login = words.find((word) => word.startsWith('--user='))?.slice(7) ?? '';
  const account = accounts[login];
  const keep = (next: Readonly<Record<string, string>>): string => {
    machine.facts.set('samba', { ...accounts, [login]: next });
    return 'done\n';
  };
  if (words.includes('--list')) return tell(accounts, words.includes('--verbose'));
  if (words.includes('--create') && login === 'stranger')
    return { exitCode: 255, stderr: `Failed to add entry for user ${login}.` };
  if (words.includes('--create')) return keep(created(login, account, ntHash(String(input).split('\n')[0] ?? '')));
  if (words.includes('--delete')) {
    machine.facts.set('samba', Object.fromEntries(Object.entries(accounts).filter(([name]) => name !== login)));
    return '';
  }
  const source = words.find((word) => word.startsWith('--import=smbpasswd:'))?.slice(19);
  if (source !== undefined) return importLine(machine, source, keep);
  return keep(modified(account ?? {}, words));
};

type Account = Readonly<Record<string, string>>;

function created(login: string, before: Account | undefined, hash: string): Account {
  const account = before ?? fresh(login, hash);
  const flags = writeFlags((account['Account Flags'] ?? '').replace('N', ''));
  return { ...account, 'Account Flags': flags, 'NT hash': hash };
}

async function importLine(
  machine: FakeHost,
  path: string,
  keep: (next: Readonly<Record<string, string>>) => string,
): Promise<string> {
  const mode = (await machine.files.stat(path))?.mode;
  if (mode !== 0o600) throw new Error('others can read the hash');
  const [login = '', uid, , hash = '', flags = ''] = Buffer.from((await machine.files.read(path)) ?? '')
    .toString()
    .split(':');
  return keep({
    ...fresh(login, hash),
    'Account Flags': flags,
    'User SID': `S-1-5-21-1-2-3-${2 * Number(uid) + 1000}`,
  });
}

function modified(
  account: Readonly<Record<string, string>>,
  words: readonly string[],
): Readonly<Record<string, string>> {
  const next = { ...account };
  for (const word of words) {
    const [option = '', ...rest] = word.split('=');
    const label = labels[option];
    if (label !== undefined) next[label] = rest.join('=');
    if (option === '--account-control') next['Account Flags'] = writeFlags(rest.join('='));
    if (word === '--logon-hours-reset') next['Logon hours'] = 'F'.repeat(42);
    if (word === '--bad-password-count-reset') next['Bad password count'] = '0';
  }
  const sid = words[words.indexOf('-U') + 1] ?? '';
  if (words.includes('-U'))
    next['User SID'] = sid.startsWith('S-') ? sid : (account['User SID']?.replace(/\d+$/, sid) ?? '');
  return next;
}

function writeFlags(control: string): string {
  const letters = 'NDHTUMWSLXI'.split('').filter((letter) => letter === 'U' || control.includes(letter));
  return `[${letters.join('').padEnd(11)}]`;
}

function tell(accounts: Accounts, isVerbose: boolean): string {
  if (!isVerbose) return logins(accounts);
  const texts = Object.values(accounts).map((account) =>
    Object.entries(account)
      .map(([label, value]) => `${`${label}:`.padEnd(22)}${value}\n`)
      .join(''),
  );
  return texts.map((text) => `---------------\n${text}`).join('');
}

function logins(accounts: Accounts): string {
  return Object.keys(accounts)
    .map((login, index) => `${login}:${index}:Somebody\n`)
    .join('');
}

/** The accounts of Samba by login, each as made with a password and then changed. */
export function sambaAccounts(accounts: Readonly<Record<string, Readonly<Record<string, string>>>>): Accounts {
  return Object.fromEntries(
    Object.entries(accounts).map(([login, { password = '', ...rest }]) => [
      login,
      { ...fresh(login, ntHash(password)), ...rest },
    ]),
  );
}
