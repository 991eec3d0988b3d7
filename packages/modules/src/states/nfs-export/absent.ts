import { z } from 'zod';
import { absolutePath, defineState, isOk, lineText, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  clientsOf,
  readExports,
  toPlainClients,
  withClients,
  writeExports,
} from '../../providers/exports/exports-file.ts';

/** `nfs_export.absent` */
export const absent = defineState({
  name: 'nfs_export.absent',
  summary: 'Keeps an NFS server from giving a directory to others.',
  args: z.object({
    name: lineText().describe('Absolute path of the directory.'),
    exports: withDefault(absolutePath(), '/etc/exports').describe('The table.'),
  }),
  examples: [
    `/srv/shared:
  nfs_export.absent: []`,
  ],
  async check({ name, exports: file }, { host }) {
    const text = await readExports(host, file);
    const old = clientsOf(text, name);
    if (old === undefined) return isOk(`Export ${name} already absent`);
    const changes = { [name]: toPlainClients(old) };
    return willChange({ comment: `Export ${name} would be removed`, changes }, (machine) =>
      attempt('', async () => {
        const complaint = await writeExports(machine, file, withClients(text, name, []));
        const comment = complaint ?? `Export ${name} removed`;
        return { comment, changes, ...(complaint === undefined ? {} : { failed: true }) };
      }),
    );
  },
});
