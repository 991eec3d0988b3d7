import { isAppError } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { redactedPassword } from '../../providers/accounts/user-request.ts';
import { sambaAccountArguments } from '../../providers/samba/account-arguments.ts';
import {
  listSambaLogins,
  ntHash,
  readSambaAccounts,
  sambaLogin,
  type SambaAccount,
} from '../../providers/samba/accounts.ts';
import { bringAbout, removeAccount } from '../../providers/samba/change-account.ts';
import {
  compareAccount,
  readFlags,
  refuseWish,
  wantedHash,
  type AccountWish,
} from '../../providers/samba/plan-account.ts';
import { failure } from '../failure.ts';

const login = sambaLogin().describe('Name of the account.');
const hashes = withDefault(flag(), false).describe('Whether to tell that there are hashes; they are never shown.');

export const generateNtHash = defineFunction({
  name: 'pdbedit.generate_nt_hash',
  summary: 'The NT hash of a password.',
  args: z.object({ password: secret(lineText()).describe('The password.') }),
  examples: ["'*' pdbedit.generate_nt_hash my_passwd"],
  run: ({ password }) => ntHash(password),
});

export const list = defineFunction({
  name: 'pdbedit.list',
  summary: "The accounts of Samba's password database.",
  args: z.object({
    verbose: withDefault(flag(), true).describe('Tell all of each; else the names alone.'),
    hashes,
  }),
  examples: ["'*' pdbedit.list", "'*' pdbedit.list verbose=False"],
  async run({ verbose, hashes: withHashes }, { host }) {
    if (!verbose) return listSambaLogins(host);
    const accounts = [...(await readSambaAccounts(host))];
    return Object.fromEntries(accounts.map(([name, account]) => [name, withoutHashes(account, withHashes)]));
  },
});

export const get = defineFunction({
  name: 'pdbedit.get',
  summary: 'All that Samba tells of an account; empty when there is none.',
  args: z.object({ login, hashes }),
  examples: ["'*' pdbedit.get kaylee"],
  async run({ login: name, hashes: withHashes }, { host }) {
    const account = (await readSambaAccounts(host)).get(name);
    return account === undefined ? {} : withoutHashes(account, withHashes);
  },
});

function withoutHashes(account: SambaAccount, tellsOfThem: boolean): SambaAccount {
  const { 'nt hash': nt, 'lm hash': lm, ...rest } = account;
  if (!tellsOfThem) return rest;
  return {
    ...rest,
    ...(lm === undefined ? {} : { 'lm hash': redactedPassword }),
    ...(nt === undefined ? {} : { 'nt hash': redactedPassword }),
  };
}

export const remove = defineFunction({
  name: 'pdbedit.delete',
  summary: 'Removes an account; answers what became of it.',
  args: z.object({ login }),
  examples: ["'*' pdbedit.delete wash"],
  async run({ login: name }, { host }) {
    if (!(await listSambaLogins(host)).includes(name)) return { [name]: 'absent' };
    return { [name]: await wordFor(() => removeAccount(host, name), 'deleted') };
  },
});

export const create = defineFunction({
  name: 'pdbedit.create',
  summary: 'Makes an account, or gives one its password; answers what became of it.',
  args: z.object({
    login,
    password: secret(lineText()).describe('The password.'),
    password_hashed: withDefault(flag(), false).describe('Whether password is an NT hash.'),
    machine_account: withDefault(flag(), false).describe('Whether it is the account of a machine.'),
  }),
  examples: ["'*' pdbedit.create zoe 9764951149F84E770889011E1DC4A927 True", "'*' pdbedit.create river 1sw4ll0w3d4bug"],
  async run({ login: name, machine_account: isMachine, ...given }, { host }) {
    const wish = { ...nothing, ...given };
    return { [name]: await change({ host, name, wish, isMachine }) };
  },
});

const nothing: AccountWish = {
  ...{ password: undefined, password_hashed: false, domain: undefined, profile: undefined, script: undefined },
  ...{ drive: undefined, homedir: undefined, fullname: undefined, account_desc: undefined, user_sid: undefined },
  ...{ account_control: undefined, reset_login_hours: false, reset_bad_password_count: false },
};

export const modify = defineFunction({
  name: 'pdbedit.modify',
  summary: 'Changes an account, with a password makes it; answers what became of it.',
  args: z.object({ login, ...sambaAccountArguments }),
  examples: [
    `'*' pdbedit.modify inara fullname='Inara Serra'`,
    "'*' pdbedit.modify simon password=r1v3r",
    "'*' pdbedit.modify mal account_control=NX",
  ],
  async run({ login: name, ...wish }, { host, log }) {
    for (const letter of readFlags(wish.account_control ?? '').unknown)
      log.warn('account_control has a letter that cannot be set', { letter });
    return { [name]: await change({ host, name, wish, isMachine: false }) };
  },
});

async function change(call: {
  readonly host: FunctionContext['host'];
  readonly name: string;
  readonly wish: AccountWish;
  readonly isMachine: boolean;
}): Promise<string> {
  const { host, name, wish, isMachine } = call;
  const refusal = refuseWish(wish);
  if (refusal !== undefined) throw failure(refusal);
  const accounts = await readSambaAccounts(host);
  const account = accounts.get(name) ?? (isMachine ? accounts.get(`${name}$`) : undefined);
  const hash = wantedHash(wish);
  if (account === undefined && hash === undefined) return 'absent';
  const isSame = account !== undefined && (hash === undefined || account['nt hash'] === hash);
  if (isSame && compareAccount(account, wish).length === 0) return 'unchanged';
  return wordFor(() => bringAbout(host, name, wish, isMachine), account === undefined ? 'created' : 'updated');
}

/** The word for work that went well, else what was complained about: Salt answers that by the name. */
async function wordFor(work: () => Promise<void>, word: string): Promise<string> {
  try {
    await work();
    return word;
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return caught.message;
  }
}
