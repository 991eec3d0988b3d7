import { z } from 'zod';
import { defineState, fails, flag, integer, nullableValue, optional, text, withDefault } from '../../kit/index.ts';
import { backupSuffix } from '../../providers/files/backup-suffix.ts';
import { editFile } from '../../providers/files/edit-file.ts';
import { regexFlags } from '../../providers/text/regex-flags.ts';
import { replaceLines } from '../../providers/text/replace-text.ts';

const none = 'No changes needed to be made';

/** `file.replace` */
export const replace = defineState({
  name: 'file.replace',
  summary: 'Replaces what a regular expression matches in a file.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    pattern: text().describe('Regular expression, as Python writes them.'),
    repl: text().describe('What matches are replaced with; groups are \\1 or \\g<name>.'),
    count: withDefault(integer(), 0).describe('How many matches are replaced; 0 for all.'),
    flags: regexFlags().describe('Flags of the expression, e.g. [IGNORECASE, MULTILINE].'),
    bufsize: nullableValue().describe('Accepted for compatibility; the whole file is looked at in any case.'),
    append_if_not_found: withDefault(flag(), false).describe('Adds the text at the end when nothing matches.'),
    prepend_if_not_found: withDefault(flag(), false).describe('Adds the text at the start when nothing matches.'),
    not_found_content: optional(text()).describe('What is added when nothing matches; repl unless given.'),
    backup: backupSuffix('.bak').describe('Ending of the name the old file is kept under; false for none.'),
    show_changes: withDefault(flag(), true).describe('Whether changes show a diff.'),
    ignore_if_missing: withDefault(flag(), false).describe('Whether a missing file is well.'),
    backslash_literal: withDefault(flag(), false).describe('Whether backslashes in repl mean themselves.'),
  }),
  examples: [
    `/etc/logrotate.conf:
  file.replace:
    - pattern: ^rotate \\d+
    - repl: rotate 30`,
  ],
  async check(args, context) {
    const { append_if_not_found: appendIfNotFound, prepend_if_not_found: prependIfNotFound } = args;
    if (appendIfNotFound && prependIfNotFound) return fails('Only one of append and prepend_if_not_found is permitted');
    const wanted = {
      pattern: args.pattern,
      replacement: args.repl,
      count: args.count,
      flags: args.flags,
      appendIfNotFound,
      prependIfNotFound,
      notFoundContent: args.not_found_content,
      isLiteral: args.backslash_literal,
    };
    const words = { pending: 'Changes would have been made', done: 'Changes were made', none };
    const missing = args.ignore_if_missing ? none : undefined;
    return editFile({ ...args, edit: (before) => replaceLines(before, wanted), words, missing }, context);
  },
});
