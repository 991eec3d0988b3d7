import { z } from 'zod';
import { defineState, flag, text, withDefault } from '../../kit/index.ts';
import { backupSuffix } from '../../providers/files/backup-suffix.ts';
import { checkCommenting } from '../../providers/files/check-commenting.ts';

/** `file.comment` */
export const comment = defineState({
  name: 'file.comment',
  summary: 'Comments out the lines of a file that match a regular expression.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    regex: text().describe('Regular expression of the lines, as Python writes them.'),
    char: withDefault(text(), '#').describe('What makes a line a comment.'),
    backup: backupSuffix('.bak').describe('Ending of the name the old file is kept under; false for none.'),
    ignore_missing: withDefault(flag(), false).describe('Whether it is well when no line matches.'),
  }),
  examples: [
    `/etc/fstab:
  file.comment:
    - regex: ^/dev/sdb1`,
  ],
  check: (args, context) => checkCommenting({ ...args, comments: true }, context),
});
