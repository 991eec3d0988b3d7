import { randomBytes } from 'node:crypto';
import { AppError } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';

// Both read the password from standard input: command lines are for everyone to see.
const perlCrypt = 'chomp(my $p = <STDIN>); print crypt($p, $ARGV[0])';

/** Hashes a password as the system's login does; the hash an account has is kept when the password fits it. */
export async function hashPassword(host: ReadHost, password: string, current: string | undefined): Promise<string> {
  const perl = await host.which('perl');
  const isHash = current?.startsWith('$') === true;
  if (perl !== undefined) {
    const crypt = async (setting: string): Promise<string> => {
      const request = { command: ['perl', '-e', perlCrypt, '--', setting], input: `${password}\n`, timeout: 30_000 };
      return (await host.inspect(request)).stdout.trim();
    };
    if (isHash && (await crypt(current)) === current) return current;
    return crypt(`$6$${newSalt()}`);
  }
  const salt = isHash ? /^\$6\$([^$]+)\$/.exec(current)?.[1] : undefined;
  const command = ['openssl', 'passwd', '-6', '-salt', salt ?? newSalt(), '-stdin'];
  const { exitCode, stdout } = await host.inspect({ command, input: `${password}\n`, timeout: 30_000 });
  if (exitCode === 0) return stdout.trim();
  throw new AppError({ code: 'provider-missing', message: 'hash_password needs perl or openssl on this machine' });
}

function newSalt(): string {
  return randomBytes(12).toString('base64').replaceAll('+', '.').slice(0, 16);
}
