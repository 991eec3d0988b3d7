import { AppError } from '@brine/common';
import type { Host } from '../../kit/index.ts';

/** Milliseconds that gpg may take for one message. */
const timeout = 30_000;

/**
 * Decrypts armored PGP messages with the keys in `keyDirectory` (`gpg_keydir`) by the system's gpg. What it throws
 * names the key that is missing, never the plaintext.
 */
export function createGpgDecrypt(host: Host, keyDirectory: string): (ciphertext: Uint8Array) => Promise<Uint8Array> {
  const command = ['gpg', '--homedir', keyDirectory, '--batch', '--no-tty', '--status-fd', '2', '--decrypt'];
  return async (input) => {
    if ((await host.which('gpg')) === undefined) throw failed('gpg is not installed, and there are PGP messages');
    const { exitCode, stdout, stderr, timedOut } = await host.run({
      ...{ command, input, timeout },
      answersTimeout: true,
    });
    if (exitCode === 0) return Buffer.from(stdout);
    if (timedOut) throw failed(`gpg did not answer within ${timeout / 1000} seconds`);
    const keyId = /^\[GNUPG:\] NO_SECKEY ([0-9A-F]+)/m.exec(stderr)?.[1];
    if (keyId !== undefined) throw failed(`${keyDirectory} has no secret key ${keyId}, for which a value is encrypted`);
    const reason = /^gpg: (.+)$/m.exec(stderr)?.[1] ?? `exit status ${exitCode}`;
    throw failed(`gpg cannot decrypt a value: ${reason}`);
  };
}

function failed(message: string): AppError {
  return new AppError({ code: 'gpg-failed', message });
}
