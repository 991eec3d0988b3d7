import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPamMethod } from './pam.ts';
import { runQuietly, type QuietResult } from './run-quietly.ts';

const user = `brinepam${process.pid}`;
const password = 'geheim wie nie';

function root(file: string, args: readonly string[], input = ''): void {
  const { status, stderr } = spawnSync(file, args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
}

beforeAll(() => {
  root('useradd', ['--no-create-home', user]);
  root('chpasswd', [], `${user}:${password}\n`);
});

afterAll(() => root('userdel', [user]));

const faults: string[] = [];
const onFault = (message: string): number => faults.push(message);
/** A machine without the program. */
const withoutPamtester = async (file: string, args: readonly string[], input?: string): Promise<QuietResult> =>
  file === 'pamtester' ? { status: undefined, stdout: '' } : runQuietly(file, args, input);

describe.each([
  ['pamtester', createPamMethod({ service: 'login', onFault })],
  ['unix_chkpwd', createPamMethod({ service: 'login', onFault, run: withoutPamtester })],
])('accounts of the system, by %s', (_name, pam) => {
  const prove = async (word: string, name = user): Promise<boolean> =>
    pam.prove({ username: name, password: word, eauth: 'pam' });

  it('are proven by their password', async () => {
    expect(await prove(password)).toBe(true);
    expect(await prove('falsch')).toBe(false);
    expect(await pam.groupsOf(user)).toEqual([user]);
    expect(await pam.isStillGood(user)).toBe(true);
  });

  it.each(['--help', '-I', 'a b', `../${user}`, `${user}\n`, '', 'no-such-user-at-all'])(
    'are nothing else than names (%j)',
    async (name) => {
      expect(await prove(password, name)).toBe(false);
      expect(await pam.isStillGood(name)).toBe(false);
    },
  );

  it('have no password with a line break or NUL in it', async () => {
    expect(await prove(`${password}\nx`)).toBe(false);
    expect(await prove(`${password}\0x`)).toBe(false);
  });

  it('are not good any more when they are locked or have expired', async () => {
    root('usermod', ['--lock', user]);
    expect([await prove(password), await pam.isStillGood(user)]).toEqual([false, false]);
    root('usermod', ['--unlock', user]);
    root('usermod', ['--expiredate', '1', user]);
    expect([await prove(password), await pam.isStillGood(user)]).toEqual([false, false]);
    root('usermod', ['--expiredate', '', user]);
    expect([await prove(password), await pam.isStillGood(user)]).toEqual([true, true]);
  });
});
