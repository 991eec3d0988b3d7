import { z } from 'zod';
import { defineState, text, withDefault } from '../../kit/index.ts';
import { backupSuffix } from '../../providers/files/backup-suffix.ts';
import { checkCommenting } from '../../providers/files/check-commenting.ts';

/** `file.uncomment` */
export const uncomment = defineState({
  name: 'file.uncomment',
  summary: 'Takes the comment sign from the lines of a file that match a regular expression.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    regex: text().describe('Regular expression of the lines without their comment sign.'),
    char: withDefault(text(), '#').describe('What makes a line a comment.'),
    backup: backupSuffix('.bak').describe('Ending of the name the old file is kept under; false for none.'),
  }),
  examples: [
    `/etc/adduser.conf:
  file.uncomment:
    - regex: EXTRA_GROUPS`,
  ],
  check: (args, context) => checkCommenting({ ...args, comments: false, ignore_missing: false }, context),
});
