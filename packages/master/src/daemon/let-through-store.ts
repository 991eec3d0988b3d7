import { chmod, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Lets everybody pass through the folders from `root` (left as it is) down to `folder`, without letting them look in. */
export async function letThrough(folder: string, root: string): Promise<void> {
  const top = resolve(root);
  for (let path = folder; path !== top && dirname(path) !== path; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o001) === 0) await chmod(path, (mode & 0o7777) | 0o011);
  }
}
