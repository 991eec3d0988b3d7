import { readFile } from 'node:fs/promises';
import type { CommandRequest, CommandResult } from '../../kit/index.ts';

/**
 * Gives what was put in place the SELinux label that the policy has for its path, for a file made beside it has that of
 * its folder. Where SELinux does not enforce, it does nothing; that `restorecon` complains is no failure of the write.
 */
export async function restoreLabel(
  path: string,
  run: (request: CommandRequest) => Promise<CommandResult>,
  enforce = '/sys/fs/selinux/enforce',
): Promise<void> {
  const mode = await readFile(enforce, 'utf8').catch(() => '0');
  if (mode.trim() !== '1') return;
  await run({ command: ['restorecon', '--', path], timeout: 60_000 }).catch(() => undefined);
}
