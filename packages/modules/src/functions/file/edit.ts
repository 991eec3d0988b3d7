import { isAppError, pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { argument, flag, integer, nullableValue, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { commentLines } from '../../providers/text/comment-lines.ts';
import { isText } from '../../providers/text/is-text.ts';
import { compileFlaggedRegex, readRegexFlags, type RegexFlags } from '../../providers/text/python-regex.ts';
import { replaceBlock } from '../../providers/text/replace-block.ts';
import { replaceLines } from '../../providers/text/replace-text.ts';
import { setLine } from '../../providers/text/set-line.ts';
import { splitLines, unifiedDiff } from '../../providers/text/unified-diff.ts';
import { failure } from '../failure.ts';
import { isTruthy } from '../../kit/truth.ts';
import { valueOr } from '../value-or.ts';
import { filePath } from './file-path.ts';

const flags = withDefault(
  argument('flags of a regular expression', (value) =>
    (Array.isArray(value) ? value : [value]).map((each) => (typeof each === 'number' ? each : pythonStr(each))),
  ),
  [8],
).describe('Flags of the expression, e.g. `[IGNORECASE, MULTILINE]`; MULTILINE unless given.');
const backup = withDefault(
  argument('an extension or false', (value) => (value === false ? '' : pythonStr(value))),
  '.bak',
).describe('Extension of the copy kept of the old file; false keeps none.');
const showChanges = withDefault(flag(), true).describe('Answer a diff instead of whether anything changed.');
const bufsize = nullableValue().describe('Accepted for Salt; the whole file is looked at in any case.');

export const replace = defineFunction({
  name: 'file.replace',
  summary: 'Replaces what a regular expression matches.',
  args: z.object({
    path: filePath(),
    pattern: text().describe('The regular expression.'),
    repl: text().describe('What it is replaced with; `\\1` stands for a group.'),
    count: withDefault(integer(), 0).describe('How many matches to replace; 0 for all.'),
    flags,
    bufsize,
    append_if_not_found: withDefault(flag(), false).describe('Add the replacement at the end when nothing matches.'),
    prepend_if_not_found: withDefault(flag(), false).describe('Add the replacement at the start when nothing matches.'),
    not_found_content: optional(text()).describe('What to add instead of the replacement.'),
    backup,
    dry_run: withDefault(flag(), false).describe('Change nothing.'),
    search_only: withDefault(flag(), false).describe('Only answer whether the expression matches.'),
    show_changes: showChanges,
    ignore_if_missing: withDefault(flag(), false).describe('Let a missing file be no error.'),
    preserve_inode: withDefault(flag(), true).describe('Accepted for Salt; files are replaced whole, links kept.'),
    backslash_literal: withDefault(flag(), false).describe('Backslashes of the replacement stand for themselves.'),
  }),
  examples: [`'*' file.replace /etc/httpd/httpd.conf pattern='LogLevel warn' repl='LogLevel info'`],
  async run(args, context) {
    if (args.append_if_not_found && args.prepend_if_not_found) {
      throw failure('Only one of append and prepend_if_not_found is permitted');
    }
    const file = await openText(context, args.path, args.ignore_if_missing);
    if (file === undefined) return false;
    const regexFlags = readRegexFlags(args.flags);
    if (args.search_only) return matches(args.pattern, regexFlags, file.text);
    const lines = replaceLines(file.text, {
      pattern: args.pattern,
      replacement: args.repl,
      count: args.count,
      flags: regexFlags,
      appendIfNotFound: args.append_if_not_found,
      prependIfNotFound: args.prepend_if_not_found,
      notFoundContent: args.not_found_content,
      isLiteral: args.backslash_literal,
    });
    const { dry_run: isDry, backup: ending, show_changes: shows } = args;
    return saveText(context, file, { changed: lines, isDry, backup: ending, shows });
  },
});

export const search = defineFunction({
  name: 'file.search',
  summary: 'Whether a regular expression matches anywhere in a file.',
  args: z.object({
    path: filePath(),
    pattern: text().describe('The regular expression.'),
    flags,
    bufsize,
    ignore_if_missing: withDefault(flag(), false).describe('Let a missing file be no error.'),
    multiline: withDefault(flag(), false).describe('Add MULTILINE to the flags.'),
  }),
  examples: ["'*' file.search /etc/crontab 'mymaintenance.sh'"],
  async run(args, context) {
    const file = await openText(context, args.path, args.ignore_if_missing);
    if (file === undefined) return false;
    const read = readRegexFlags(args.flags);
    return matches(args.pattern, args.multiline ? { ...read, multiline: true } : read, file.text);
  },
});

export const blockreplace = defineFunction({
  name: 'file.blockreplace',
  summary: 'Replaces what stands between two marker lines.',
  args: z.object({
    path: filePath(),
    marker_start: withDefault(text(), '#-- start managed zone --').describe('Part of the line before the block.'),
    marker_end: withDefault(text(), '#-- end managed zone --').describe('Start of the line after the block.'),
    content: withDefault(text(), '').describe('What shall stand between.'),
    append_if_not_found: withDefault(flag(), false).describe('Add the block at the end when it is missing.'),
    prepend_if_not_found: withDefault(flag(), false).describe('Add the block at the start when it is missing.'),
    backup,
    dry_run: withDefault(flag(), false).describe('Change nothing.'),
    show_changes: showChanges,
    append_newline: valueOr(false).describe('End the content with a line break; null does so when it has none.'),
    insert_before_match: optional(text()).describe('Add a missing block before the line this expression matches.'),
    insert_after_match: optional(text()).describe('Add a missing block after the line this expression matches.'),
  }),
  examples: ["'*' file.blockreplace /etc/hosts '#-- start managed zone foobar : DO NOT EDIT --' content='127.0.0.1 a'"],
  async run(args, context) {
    const places = [
      args.append_if_not_found,
      args.prepend_if_not_found,
      args.insert_before_match,
      args.insert_after_match,
    ];
    if (places.filter((place) => place !== undefined && place !== false && place !== '').length > 1) {
      const names = 'append_if_not_found, prepend_if_not_found, insert_before_match, and insert_after_match';
      throw failure(`Only one of ${names} is permitted`);
    }
    const file = await requireText(context, args.path);
    const changed = replaceBlock(file.text, {
      markerStart: args.marker_start,
      markerEnd: args.marker_end,
      content: args.content,
      appendIfNotFound: args.append_if_not_found,
      prependIfNotFound: args.prepend_if_not_found,
      insertBeforeMatch: args.insert_before_match,
      insertAfterMatch: args.insert_after_match,
      appendNewline: args.append_newline === null ? undefined : isTruthy(args.append_newline),
    });
    return saveText(context, file, { changed, isDry: args.dry_run, backup: args.backup, shows: args.show_changes });
  },
});

export const line = defineFunction({
  name: 'file.line',
  summary: 'Inserts, ensures, replaces or deletes a line.',
  args: z.object({
    path: filePath(),
    content: optional(text()).describe('The line.'),
    match: optional(text()).describe('Expression, or part, of the line meant; the content unless given.'),
    mode: optional(oneOf('insert', 'ensure', 'delete', 'replace')).describe('insert, ensure, delete or replace.'),
    location: optional(oneOf('start', 'end')).describe('Where to insert: start or end.'),
    before: optional(text()).describe('Expression, or part, of the line that follows.'),
    after: optional(text()).describe('Expression, or part, of the line that comes first.'),
    show_changes: showChanges,
    backup: withDefault(flag(), false).describe('Keep a copy of the old file, its name ending in the time.'),
    quiet: withDefault(flag(), false).describe('Let a missing file be no error.'),
    indent: withDefault(flag(), true).describe('Give the line the indent of its neighbour.'),
  }),
  examples: [`'*' file.line /etc/nsswitch.conf "networks:\tfiles dns" after="hosts:.*?" mode='ensure'`],
  async run(args, context) {
    if (args.mode === undefined) throw failure('Mode was not defined. How to process the file?');
    const path = await expandHome(context.host, args.path);
    if ((await context.host.files.stat(path, { follow: true }))?.kind !== 'file') {
      if (args.quiet) return false;
      throw failure(`File "${args.path}" does not exists or is not a file.`);
    }
    const file = await requireText(context, path);
    const { mode, content, match, location, before, after, indent } = args;
    const lines = setLine(file.text, { mode, content, match, location, before, after, indents: indent });
    const stamp = args.backup ? `.${new Date().toISOString().slice(0, 19).replace(/[T:]/g, '-')}` : '';
    const answer = await saveText(context, file, {
      changed: lines,
      isDry: false,
      backup: stamp,
      shows: args.show_changes,
    });
    return answer === '' ? false : answer;
  },
});

const commentArguments = {
  path: filePath(),
  regex: text().describe('Expression that a line matches from its start; `^` and `$` may surround it.'),
  char: withDefault(text(), '#').describe('What begins a comment.'),
};

export const commentLine = defineFunction({
  name: 'file.comment_line',
  summary: 'Comments lines out, or in again.',
  args: z.object({
    ...commentArguments,
    cmnt: withDefault(flag(), true).describe('Comment out, rather than in.'),
    backup,
  }),
  examples: ["'*' file.comment_line /etc/modules pcspkr"],
  run: (args, context) => comment(context, { ...args, comments: args.cmnt }),
});

export const commentOut = defineFunction({
  name: 'file.comment',
  summary: 'Comments lines out.',
  args: z.object({ ...commentArguments, backup }),
  examples: ["'*' file.comment /etc/modules pcspkr"],
  run: (args, context) => comment(context, { ...args, comments: true }),
});

export const uncomment = defineFunction({
  name: 'file.uncomment',
  summary: 'Takes the comment marks off lines.',
  args: z.object({ ...commentArguments, backup }),
  examples: ["'*' file.uncomment /etc/hosts.deny 'ALL: PARANOID'"],
  run: (args, context) => comment(context, { ...args, comments: false }),
});

interface OpenText {
  readonly path: string;
  readonly text: string;
}

interface Saving {
  /** The new text, or its lines as a diff is to show them. */
  readonly changed: string | readonly string[];
  readonly isDry: boolean;
  /** Extension of the copy of the old file; empty for none. */
  readonly backup: string;
  readonly shows: boolean;
}

async function openText(context: FunctionContext, path: string, mayMiss: boolean): Promise<OpenText | undefined> {
  const expanded = await expandHome(context.host, path);
  const real = (await context.host.files.realPath(expanded)) ?? expanded;
  const content = await context.host.files.read(real).catch((error: unknown) => {
    if (isAppError(error, 'host-file')) return undefined;
    throw error;
  });
  if (content === undefined) {
    if (mayMiss) return undefined;
    throw failure(`File not found: ${path}`);
  }
  if (!isText(content)) throw failure(`Cannot perform string replacements on a binary file: ${path}`);
  return { path: real, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(content) };
}

async function requireText(context: FunctionContext, path: string): Promise<OpenText> {
  const file = await openText(context, path, false);
  if (file === undefined) throw failure(`File not found: ${path}`);
  return file;
}

async function saveText({ host }: FunctionContext, file: OpenText, saving: Saving): Promise<Plain> {
  const lines = typeof saving.changed === 'string' ? splitLines(saving.changed) : saving.changed;
  const text = lines.join('');
  const isChanged = text !== file.text;
  if (isChanged && !saving.isDry) {
    if (saving.backup !== '') {
      const stat = await host.files.stat(file.path);
      const attributes = stat === undefined ? {} : { mode: stat.mode, uid: stat.uid, gid: stat.gid };
      await host.files.writeCopy(file.path + saving.backup, file.path, attributes);
    }
    await host.files.write(file.path, new TextEncoder().encode(text));
  }
  return saving.shows ? unifiedDiff(splitLines(file.text), lines).join('') : isChanged;
}

function matches(pattern: string, regexFlags: RegexFlags, content: string): boolean {
  return content.search(compileFlaggedRegex(pattern, regexFlags)) >= 0;
}

interface CommentRequest {
  readonly path: string;
  readonly regex: string;
  readonly char: string;
  readonly backup: string;
  readonly comments: boolean;
}

async function comment(context: FunctionContext, wanted: CommentRequest): Promise<Plain> {
  const file = await requireText(context, wanted.path);
  const edited = commentLines(file.text, {
    pattern: wanted.regex,
    character: wanted.char,
    comments: wanted.comments,
  });
  if (edited === undefined) return false;
  await saveText(context, file, { changed: edited.text, isDry: false, backup: wanted.backup, shows: false });
  return unifiedDiff(edited.before, edited.after).join('');
}
