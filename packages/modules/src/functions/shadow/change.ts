import { posix } from 'node:path';
import { z } from 'zod';
import { flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { rootedHost } from '../../providers/accounts/rooted-host.ts';
import { readShadow } from '../../providers/accounts/shadow-file.ts';
import { agingFields } from '../../providers/accounts/user-request.ts';
import { accountProgram } from '../account-program.ts';
import { inRoot, otherRoot as root } from '../other-root.ts';
import { safeName } from '../safe-name.ts';
import { readText } from '../text-file.ts';

const name = safeName('the name of an account').describe('The account.');

export const setInactdays = agingFunction('inactdays', 'Days after which an account with a stale password closes');
export const setMaxdays = agingFunction('maxdays', 'Days after which a password has to be changed');
export const setMindays = agingFunction('mindays', 'Days before which a password cannot be changed');
export const setWarndays = agingFunction('warndays', 'Days of warning before a password has to be changed');
export const setDate = agingFunction('date', 'The day a password was last changed on, as YYYY-MM-DD or a number');
export const setExpire = agingFunction('expire', 'The day an account closes on, as YYYY-MM-DD or a number');

function agingFunction(field: keyof typeof agingFields, what: string) {
  const { member, option } = agingFields[field];
  return defineFunction({
    name: `shadow.set_${field}`,
    summary: `Sets: ${what.toLowerCase()}. Answers whether that went well.`,
    args: z.object({ name, [field]: lineText().describe(`${what}.`), root }),
    examples: [`'*' shadow.set_${field} username 7`],
    async run(args, context) {
      const [account, value] = [String(args['name']), String(args[field])];
      const folder = args['root'] as string | undefined;
      const entry = await readShadow(context.host, account, folder);
      if (entry === undefined) return false;
      return (
        String(entry[member]) === value || accountProgram(context, ['chage', ...inRoot(folder), option, value, account])
      );
    },
  });
}

export const setPassword = defineFunction({
  name: 'shadow.set_password',
  summary: 'Gives an account a password, already hashed; answers whether it has it now.',
  args: z.object({
    name,
    password: secret(lineText()).describe('The hash.'),
    use_usermod: withDefault(flag(), false).describe('Accepted for Salt; the hash never stands on a command line.'),
    root,
  }),
  examples: ["'*' shadow.set_password root '$1$UYCIxa628.9qXjpQCjM4a..'"],
  async run({ name: account, password, root: folder }, context) {
    if ((await rootedHost(context.host, folder).account(account)) === undefined) {
      context.log.warn('there is no such account', { user: account });
      return false;
    }
    await accountProgram(context, ['chpasswd', '-e', ...inRoot(folder)], { input: `${account}:${password}\n` });
    return (await readShadow(context.host, account, folder))?.passwd === password;
  },
});

export const delPassword = defineFunction({
  name: 'shadow.del_password',
  summary: 'Lets an account log in without a password; answers whether it may.',
  args: z.object({ name, root }),
  examples: ["'*' shadow.del_password username"],
  async run({ name: account, root: folder }, context) {
    await accountProgram(context, ['passwd', ...inRoot(folder), '-d', account]);
    return (await readShadow(context.host, account, folder))?.passwd === '';
  },
});

export const lockPassword = lockFunction('shadow.lock_password', true);
export const unlockPassword = lockFunction('shadow.unlock_password', false);

function lockFunction(functionName: string, locks: boolean) {
  return defineFunction({
    name: functionName,
    summary: `${locks ? 'Locks' : 'Unlocks'} the password of an account; answers whether it is.`,
    args: z.object({ name, root }),
    examples: [`'*' ${functionName} username`],
    async run({ name: account, root: folder }, context) {
      const isLocked = async (): Promise<boolean | undefined> =>
        (await readShadow(context.host, account, folder))?.passwd.startsWith('!');
      const before = await isLocked();
      if (before === undefined) return false;
      if (before !== locks) await accountProgram(context, ['passwd', ...inRoot(folder), locks ? '-l' : '-u', account]);
      return (await isLocked()) === locks;
    },
  });
}

export const genPassword = defineFunction({
  name: 'shadow.gen_password',
  summary: 'A hash of a password, as accounts have it.',
  args: z.object({
    password: secret(text()).describe('The password.'),
    crypt_salt: optional(text()).describe('The salt; a random one unless given.'),
    algorithm: withDefault(text(), 'sha512').describe('Kind of the hash.'),
  }),
  examples: ["'*' shadow.gen_password 'I_am_password'"],
  run: ({ password, crypt_salt: salt, algorithm }, { call }) =>
    call('random.shadow_hash', [salt ?? null, password, algorithm]),
});

export const defaultHash = defineFunction({
  name: 'shadow.default_hash',
  summary: 'The hash of accounts that cannot log in with a password.',
  args: z.object({}),
  examples: ["'*' shadow.default_hash"],
  run: () => '!',
});

export const listUsers = defineFunction({
  name: 'shadow.list_users',
  summary: 'The accounts that have a line in /etc/shadow, sorted.',
  args: z.object({ root }),
  examples: ["'*' shadow.list_users"],
  run: ({ root: folder }, context) => listNames(context, folder),
});

async function listNames({ host }: FunctionContext, folder = '/'): Promise<readonly string[]> {
  const lines = ((await readText(host, posix.join(folder, 'etc/shadow'))) ?? '')
    .split('\n')
    .filter((line) => line.includes(':'));
  return lines.map((line) => line.slice(0, line.indexOf(':'))).toSorted();
}
