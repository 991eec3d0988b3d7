import { execFileSync } from 'node:child_process';
import { daemonError } from './errors.ts';

/**
 * Gives up root for the user that the configuration names, with exactly that user's groups. Does nothing when the
 * process is not root or the user is. Throws `user-unknown`.
 */
export function becomeUser(user: string): void {
  if (process.getuid?.() !== 0 || user === 'root' || user === '') return;
  try {
    const group = Number(
      execFileSync('id', ['-g', '--', user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    (process as { initgroups?: (user: string, group: number) => void }).initgroups?.(user, group);
    process.setgid?.(group);
    process.setuid?.(user);
  } catch (cause) {
    throw daemonError('user-unknown', `cannot run as user '${user}', which the key 'user' of the configuration names`, {
      cause,
    });
  }
}
