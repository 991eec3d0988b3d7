import { z } from 'zod';
import {
  argument,
  defineState,
  flag,
  isOk,
  text,
  willChange,
  withDefault,
  type ReadHost,
  secret,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  hasPassword,
  hasUser,
  htpasswdArguments,
  writeUser,
  type PasswordEntry,
} from '../../providers/htpasswd/htpasswd.ts';

const hashLetters = argument('letters of htpasswd that choose a hash: 2, 5, B, d, m, p, s', (value) =>
  typeof value === 'string' && /^[25Bdmps]*$/.test(value) ? value : undefined,
);

/** `webutil.user_exists` */
export const userExists = defineState({
  name: 'webutil.user_exists',
  summary: 'Keeps a user in a file of passwords for a web server.',
  args: z.object({
    ...htpasswdArguments,
    password: secret(text()).describe('The password.'),
    options: withDefault(hashLetters, '').describe(
      'Letters of htpasswd that choose the hash: `s`, `d`, `p`, `m`, `B`.',
    ),
    force: withDefault(flag(), false).describe('Write the user also when it is there.'),
    update: withDefault(flag(), false).describe('Write the user when it is there with another password.'),
  }),
  examples: [
    `larry:
  webutil.user_exists:
    - password: 'secret'
    - htpasswd_file: /etc/nginx/htpasswd
    - update: True`,
  ],
  async check({ force, update, ...entry }, { host }) {
    if (!force && (await isSettled(host, entry, update))) return isOk('User already known');
    const changes = { [entry.name]: true };
    return willChange({ comment: `User '${entry.name}' is set to be added to htpasswd file`, changes }, (machine) =>
      attempt('', async () => ({ comment: await writeUser(machine, entry), changes })),
    );
  },
});

async function isSettled(host: ReadHost, entry: PasswordEntry, update: boolean): Promise<boolean> {
  if (!(await hasUser(host, entry.htpasswd_file, entry.name))) return false;
  return !update || hasPassword(host, entry);
}
