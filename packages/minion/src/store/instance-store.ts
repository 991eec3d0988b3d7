import { createHash } from 'node:crypto';
import { readFile, readlink, realpath } from 'node:fs/promises';

/**
 * Names the place where this minion runs: the boot of the machine, the process namespace and the folder of its keys. A copy of
 * the keys that runs anywhere else has another name; a second connection of the same minion has the same.
 */
export async function nameInstance(pkiDirectory: string): Promise<string> {
  const parts = await Promise.all([
    orNothing(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    orNothing(readlink('/proc/self/ns/pid')),
    orNothing(realpath(pkiDirectory)),
  ]);
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

async function orNothing(reading: Promise<string>): Promise<string> {
  try {
    return await reading;
  } catch {
    return '';
  }
}
