import { redactedPassword } from '../accounts/user-request.ts';
import { ntHash, type SambaAccount } from './accounts.ts';

/** An account as `pdbedit.managed` and `pdbedit.modify` describe it; names as in SLS files. */
export interface AccountWish {
  readonly password: string | undefined;
  readonly password_hashed: boolean;
  readonly domain: string | undefined;
  readonly profile: string | undefined;
  readonly script: string | undefined;
  readonly drive: string | undefined;
  readonly homedir: string | undefined;
  readonly fullname: string | undefined;
  readonly account_desc: string | undefined;
  readonly account_control: string | undefined;
  readonly user_sid: string | undefined;
  readonly reset_login_hours: boolean;
  readonly reset_bad_password_count: boolean;
}

/** One label of an account that changes, and the words that have `pdbedit` change it. */
export interface AccountChange {
  readonly label: string;
  readonly old: string;
  readonly new: string;
  readonly words: readonly string[];
}

const members = [
  { label: 'domain', option: '--domain=', member: 'domain' },
  { label: 'full name', option: '--fullname=', member: 'fullname' },
  { label: 'account desc', option: '--account-desc=', member: 'account_desc' },
  { label: 'home directory', option: '--homedir=', member: 'homedir' },
  { label: 'homedir drive', option: '--drive=', member: 'drive' },
  { label: 'profile path', option: '--profile=', member: 'profile' },
  { label: 'logon script', option: '--script=', member: 'script' },
] as const;

/** What has to be changed of an account beside its password. */
export function compareAccount(account: SambaAccount, wish: AccountWish): readonly AccountChange[] {
  const plain = members.flatMap(({ label, option, member }): AccountChange[] => {
    const [old, wanted] = [account[label], wish[member]];
    if (wanted === undefined || old === undefined || old === wanted) return [];
    return [{ label, old, new: wanted, words: [`${option}${wanted}`] }];
  });
  return [...plain, ...compareFlags(account, wish), ...compareSid(account, wish), ...compareCounters(account, wish)];
}

// The order in which Samba writes flags, and those of them that pdbedit can set.
const flagOrder = 'NDHTUMWSLXI'.split('');
const settable = new Set('NDHLX');

/** The letters of `account_control` that can be set, and those that cannot. */
export function readFlags(control: string): { readonly known: readonly string[]; readonly unknown: readonly string[] } {
  const letters = (control.startsWith('[') ? control.slice(1, -1) : control).toUpperCase().split('');
  return {
    known: letters.filter((letter) => settable.has(letter)),
    unknown: letters.filter((letter) => !settable.has(letter) && letter !== ' '),
  };
}

function compareFlags(account: SambaAccount, wish: AccountWish): readonly AccountChange[] {
  const old = account['account flags'];
  if (wish.account_control === undefined || old === undefined) return [];
  const { known } = readFlags(wish.account_control);
  const kept = old.split('').filter((letter) => flagOrder.includes(letter) && !settable.has(letter));
  const letters = flagOrder.filter((letter) => known.includes(letter) || kept.includes(letter));
  const written = `[${letters.join('').padEnd(11)}]`;
  if (written === old) return [];
  return [{ label: 'account flags', old, new: written, words: [`--account-control=[${known.join('')}]`] }];
}

function compareSid(account: SambaAccount, { user_sid: wanted }: AccountWish): readonly AccountChange[] {
  const old = account['user sid'];
  if (wanted === undefined || old === undefined || old === wanted) return [];
  const sid = /^\d+$/.test(wanted) ? old.replace(/\d+$/, wanted) : wanted;
  return old === sid || old.endsWith(`-${wanted}`) ? [] : [{ label: 'user sid', old, new: sid, words: ['-U', wanted] }];
}

function compareCounters(account: SambaAccount, wish: AccountWish): readonly AccountChange[] {
  const [hours = '', count = '0'] = [account['logon hours'], account['bad password count']];
  const always = hours.replace(/./g, 'F');
  return [
    ...(wish.reset_login_hours && hours !== always
      ? [{ label: 'logon hours', old: hours, new: always, words: ['--logon-hours-reset'] }]
      : []),
    ...(wish.reset_bad_password_count && count !== '0'
      ? [{ label: 'bad password count', old: count, new: '0', words: ['--bad-password-count-reset'] }]
      : []),
  ];
}

/** The NT hash an account is to have; undefined when its password is left alone. */
export function wantedHash({ password, password_hashed }: AccountWish): string | undefined {
  if (password === undefined || password === '') return undefined;
  return password_hashed ? password.toUpperCase() : ntHash(password);
}

/** Why a wish cannot be met; undefined when it can. */
export function refuseWish({ password, password_hashed, user_sid }: AccountWish): string | undefined {
  if (password_hashed && password !== undefined && !/^([0-9a-f]{32})?$/i.test(password))
    return 'password is no NT hash, which has 32 hexadecimal digits';
  return user_sid === undefined || /^(S(-\d+)+|\d+)$/i.test(user_sid)
    ? undefined
    : `${user_sid} is neither a SID nor a RID`;
}

/** The changes of an account as a dry run and a return show them: hashes stay hidden. */
export function toShownChanges(
  account: SambaAccount,
  changes: readonly AccountChange[],
  hash: string | undefined,
): Readonly<Record<string, { readonly old: string; readonly new: string }>> {
  const isNewHash = hash !== undefined && account['nt hash'] !== hash;
  return {
    ...(isNewHash ? { 'nt hash': { old: redactedPassword, new: redactedPassword } } : {}),
    ...Object.fromEntries(changes.map(({ label, old, new: now }) => [label, { old, new: now }])),
  };
}
