import type { CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  accountName,
  argument,
  defineState,
  fails,
  fileMode,
  flag,
  oneOf,
  optional,
  text,
  willChange,
  withDefault,
  type Host,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { editFile } from '../../providers/files/edit-file.ts';
import { toAttributes, type Ownership } from '../../providers/files/ownership.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { setLine, type LineEdit } from '../../providers/text/set-line.ts';

/** `file.line` */
export const line = defineState({
  name: 'file.line',
  summary: 'Keeps, replaces or removes one line of a file.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    content: optional(text()).describe('The line.'),
    match: optional(text()).describe('Text or regular expression of the line to replace or delete.'),
    mode: optional(lowerCase()).describe('ensure, replace, delete or insert.'),
    location: optional(oneOf('start', 'end')).describe('Where insert puts the line.'),
    before: optional(text()).describe('Text or regular expression of the line after it.'),
    after: optional(text()).describe('Text or regular expression of the line before it.'),
    show_changes: withDefault(flag(), true).describe('Whether changes show a diff.'),
    backup: withDefault(flag(), false).describe('Whether the old file is kept, under a name with the time.'),
    quiet: withDefault(flag(), false).describe('Whether a missing file is well.'),
    indent: withDefault(flag(), true).describe('Whether the line takes the indent of its neighbour.'),
    create: withDefault(flag(), false).describe('Whether a missing file is made.'),
    user: optional(accountName()).describe('Owner of the file.'),
    group: optional(accountName()).describe('Group of the file.'),
    file_mode: optional(fileMode()).describe('Mode of the file.'),
  }),
  examples: [
    `/etc/ssh/sshd_config:
  file.line:
    - mode: ensure
    - content: PermitRootLogin no
    - after: '^#?Port '`,
  ],
  async check(args, context) {
    const { mode, content } = args;
    if (mode === undefined) return fails('Mode was not defined. How to process the file?');
    if (mode !== 'delete' && content === undefined) return fails("Content can only be empty if mode is ['delete']");
    const name = await expandHome(context.host, args.name);
    const edit = { ...args, mode, indents: args.indent };
    const isMissing = (await context.host.files.stat(name, { follow: true })) === undefined;
    if (isMissing && args.create && mode === 'ensure')
      return fails(`${name} does not exist, and ensure needs lines to put the content between`);
    const ownership = { user: args.user, group: args.group, mode: args.file_mode };
    if (isMissing && args.create && name.startsWith('/')) return createFile(name, edit, ownership);
    const words = {
      pending: 'Changes would be made',
      done: 'Changes were made',
      none: 'No changes needed to be made',
    };
    const missing = args.quiet ? words.none : undefined;
    const backup = args.backup ? `.${timestamp(new Date())}` : undefined;
    return editFile({ ...args, backup, ownership, edit: (before) => setLine(before, edit), words, missing }, context);
  },
});

function lowerCase(): ReturnType<typeof oneOf<'ensure' | 'replace' | 'delete' | 'insert'>> {
  const modes = oneOf('ensure', 'replace', 'delete', 'insert');
  return argument('ensure, replace, delete or insert', (value) =>
    typeof value === 'string' ? modes.safeParse(value.toLowerCase()).data : undefined,
  );
}

function createFile(name: string, edit: LineEdit, ownership: Ownership): CheckOutcome<Host> {
  const after = edit.mode === 'delete' || edit.mode === 'replace' ? '' : `${edit.content ?? ''}\n`;
  const changes = { diff: 'New file' };
  return willChange({ comment: 'Changes would be made', changes }, (machine) =>
    attempt('', async () => {
      await machine.files.write(name, Buffer.from(after), await toAttributes(machine, ownership));
      return { comment: 'Changes were made', changes };
    }),
  );
}

function timestamp(now: Date): string {
  return now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '-');
}
