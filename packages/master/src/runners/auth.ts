import { AppError, type Plain } from '@brine/common';
import { isUnbound, type Caller } from '@brine/api';
import { anyValue, integer, optional, text } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

/** `auth.create_key` */
export const createKey = defineRunner({
  name: 'auth.create_key',
  summary: 'Makes an API key for the HTTP API, which is shown this once. Only the owner of the master can.',
  args: z.object({
    name: text().describe('What the key is for; jobs and the audit log name it.'),
    permissions: anyValue().describe('What the key may do, a list as in `external_auth`.'),
    expire: optional(integer()).describe('Seconds after which it ends; without it, it does not.'),
  }),
  examples: ['auth.create_key ci permissions=\'["state.apply", {"@runner": ["jobs.*"]}]\' expire=2592000'],
  isPrivate: true,
  async run({ name, permissions, expire }, { access, caller }) {
    requireOwner(caller);
    if (!Array.isArray(permissions)) {
      throw new AppError({ code: 'runner-arguments', message: 'permissions has to be a list as in external_auth' });
    }
    const ending = expire === undefined ? {} : { expire: Date.now() + expire * 1000 };
    return { ...(await access.createKey({ name, permissions, ...ending })) } as Plain;
  },
});

/** `auth.mk_token` */
export const makeToken = defineRunner({
  name: 'auth.mk_token',
  summary: 'Logs somebody in and answers the token, as `salt --make-token` keeps it.',
  args: z.object({
    username: text().describe('The name.'),
    password: text().describe('The password.'),
    eauth: text().describe('The method of `external_auth`: file, ldap, pam, sharedsecret.'),
    token_expire: optional(integer()).describe('Seconds it is good for, where `token_expire_user_override` allows it.'),
  }),
  examples: ['auth.mk_token username=ada password=word eauth=pam'],
  isPrivate: true,
  hidesArguments: true,
  async run({ token_expire: expire, ...credentials }, { access }) {
    const wish = expire === undefined ? {} : { expire };
    const login = await access.login(credentials, { kind: 'token', from: 'auth.mk_token', ...wish });
    const { token, user, eauth, permissions, start, expire: end } = login;
    return { token, name: user, eauth, perms: [...permissions], start: start / 1000, expire: end / 1000 };
  },
});

/** `auth.list_keys` */
export const listApiKeys = defineRunner({
  name: 'auth.list_keys',
  summary: 'The API keys that can be used, with what they may do and when they end.',
  args: z.object({}),
  examples: ['auth.list_keys'],
  run: (_args, { access }) =>
    Object.fromEntries(
      access
        .listKeys()
        .map(({ name, permissions, start, expire }) => [
          name,
          { permissions: [...permissions], start: iso(start), expire: expire === undefined ? null : iso(expire) },
        ]),
    ),
});

/** `auth.revoke_key` */
export const revokeKey = defineRunner({
  name: 'auth.revoke_key',
  summary: 'Ends an API key at once. Answers whether there was one.',
  args: z.object({ name: text().describe('The name of the key.') }),
  examples: ['auth.revoke_key ci'],
  run: async ({ name }, { access }) => access.revokeKey(name),
});

/** `auth.revoke_logins` */
export const revokeLogins = defineRunner({
  name: 'auth.revoke_logins',
  summary: 'Ends all logins of a user at once. Answers how many there were.',
  args: z.object({ user: text().describe('The name of the user.') }),
  examples: ['auth.revoke_logins ada'],
  run: async ({ user }, { access }) => access.revokeLogins(user),
});

/** `auth.del_token` */
export const deleteToken = defineRunner({
  name: 'auth.del_token',
  summary: 'Ends one login by its token. Answers whether there was one.',
  args: z.object({ token: text().describe('The token.') }),
  examples: ['auth.del_token 1f2e…'],
  isPrivate: true,
  run: async ({ token }, { access }) => access.revoke(token),
});

/** A key can outlive and exceed the permissions of who makes it. */
function requireOwner(caller: Caller): void {
  if (isUnbound(caller)) return;
  throw new AppError({ code: 'access-refused', message: 'only the owner of the master can make API keys' });
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
