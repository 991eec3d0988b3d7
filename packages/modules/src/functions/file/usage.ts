import { z } from 'zod';
import { defineFunction } from '../../kit/define-function.ts';
import { walkTree } from '../../providers/files/walk-tree.ts';
import { filePath } from './file-path.ts';

export const diskusage = defineFunction({
  name: 'file.diskusage',
  summary: 'Bytes of a file, or of all files below a folder; a file with several names counts once.',
  args: z.object({ path: filePath() }),
  examples: ["'*' file.diskusage /var/log"],
  async run({ path }, { host }) {
    const own = await host.files.stat(path, { follow: true });
    if (own?.kind === 'file') return own.size;
    const sizes = new Map<string, number>();
    for (const { path: each, stat } of await walkTree(host, path)) {
      const target = stat.kind === 'symlink' ? await host.files.stat(each, { follow: true }) : stat;
      if (target !== undefined && target.kind !== 'directory')
        sizes.set(`${target.device}:${target.inode}`, target.size);
    }
    return [...sizes.values()].reduce((sum, size) => sum + size, 0);
  },
});
