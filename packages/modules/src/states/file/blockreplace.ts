import { z } from 'zod';
import { defineState, fails, flag, optional, text, withDefault } from '../../kit/index.ts';
import { backupSuffix } from '../../providers/files/backup-suffix.ts';
import { editFile } from '../../providers/files/edit-file.ts';
import { readTextSources, textSourceArguments } from '../../providers/files/text-sources.ts';
import { replaceBlock } from '../../providers/text/replace-block.ts';

/** `file.blockreplace` */
export const blockreplace = defineState({
  name: 'file.blockreplace',
  summary: 'Keeps what stands between two marker lines of a file.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    marker_start: withDefault(text(), '#-- start managed zone --').describe('Text in the line before the block.'),
    marker_end: withDefault(text(), '#-- end managed zone --').describe('Text in the line after the block.'),
    ...textSourceArguments,
    content: withDefault(text(), '').describe('What stands in the block.'),
    append_if_not_found: withDefault(flag(), false).describe('Adds markers and block at the end of the file.'),
    prepend_if_not_found: withDefault(flag(), false).describe('Adds markers and block at the start of the file.'),
    backup: backupSuffix('.bak').describe('Ending of the name the old file is kept under; false for none.'),
    show_changes: withDefault(flag(), true).describe('Whether changes show a diff.'),
    append_newline: optional(flag()).describe(
      'Whether a line break follows the content; where it lacks one unless given.',
    ),
    insert_before_match: optional(text()).describe('Adds markers and block before the line that matches.'),
    insert_after_match: optional(text()).describe('Adds markers and block after the line that matches.'),
  }),
  examples: [
    `/etc/hosts:
  file.blockreplace:
    - marker_start: '# START managed'
    - marker_end: '# END managed'
    - content: 10.0.0.1 db
    - append_if_not_found: true`,
  ],
  async check(args, context) {
    const places = [
      args.append_if_not_found,
      args.prepend_if_not_found,
      args.insert_before_match,
      args.insert_after_match,
    ];
    if (places.filter((place) => place !== undefined && place !== false).length > 1)
      return fails(
        'Encountered error managing block: Only one of append_if_not_found, prepend_if_not_found, insert_before_match, and insert_after_match is permitted. See the log for details.',
      );
    const files = await readTextSources(args, context);
    if (typeof files === 'string') return fails(files);
    const gathered = [...context.accumulated.values()].flat();
    const content = [...(args.content === '' ? [] : [args.content]), ...gathered].join('\n') + (files ?? []).join('');
    const wanted = {
      markerStart: args.marker_start,
      markerEnd: args.marker_end,
      content,
      appendIfNotFound: args.append_if_not_found,
      prependIfNotFound: args.prepend_if_not_found,
      insertBeforeMatch: args.insert_before_match,
      insertAfterMatch: args.insert_after_match,
      appendNewline: args.append_newline,
    };
    const words = {
      pending: 'Changes would be made',
      done: 'Changes were made',
      none: 'No changes needed to be made',
      failed: (reason: string) => `Encountered error managing block: ${reason}. See the log for details.`,
    };
    return editFile({ ...args, edit: (before) => replaceBlock(before, wanted), words }, context);
  },
});
