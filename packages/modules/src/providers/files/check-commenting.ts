import type { CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { commentLines } from '../text/comment-lines.ts';

import { compileFlaggedRegex } from '../text/python-regex.ts';
import { diffTexts } from '../text/unified-diff.ts';
import { keepCopy, openText } from './edit-file.ts';
import { expandHome } from './paths.ts';

/** What `file.comment` and `file.uncomment` are asked for. */
export interface CommentRequest {
  readonly name: string;
  readonly regex: string;
  readonly char: string;
  readonly backup: string;
  readonly ignore_missing: boolean;
  readonly comments: boolean;
}

/** Compares the lines that match with being comments, or not. */
export async function checkCommenting(request: CommentRequest, { host }: StateContext): Promise<CheckOutcome<Host>> {
  const name = await expandHome(host, request.name);
  const opened = await openText(host, name);
  if (typeof opened === 'string') return fails(opened);
  const { text, path } = opened;
  const settled = request.comments ? lookForUncommented(request, text) : lookForCommented(request, text);
  if (settled !== undefined) return settled;
  const wanted = { pattern: request.regex, character: request.char, comments: request.comments };
  const edited = commentLines(text, wanted)?.text ?? text;
  const word = request.comments ? 'commented' : 'uncommented';
  const done = `${word.charAt(0).toUpperCase()}${word.slice(1)} lines successfully`;
  if (edited === text)
    return has(settledPattern(request), text) ? isOk(done) : fails(`Expected ${word} lines not found`);
  const changes = { diff: diffTexts(text, edited) };
  return willChange({ comment: `File ${name} is set to be updated`, changes }, (machine) =>
    attempt('', async () => {
      await keepCopy(machine, path, request.backup);
      await machine.files.write(path, Buffer.from(edited));
      return { comment: done, changes };
    }),
  );
}

// Other lines can look as if there were something to do: an expression for whole lines is part of longer ones.
function settledPattern({ regex, char, comments }: CommentRequest): string {
  return comments ? char + bareForm(regex) : `^[ \\t]*${regex.replace(/^\^+/, '')}`;
}

function bareForm(regex: string): string {
  return regex.replace(/^(\(\?[iLmsux]\))?\^?(.*?)\$?$/s, '$2');
}

function lookForUncommented(
  { regex, char, ignore_missing }: CommentRequest,
  text: string,
): CheckOutcome<Host> | undefined {
  const bare = bareForm(regex);
  if (has(`^(?!\\s*${char}).*${bare}`, text)) return undefined;
  if (has(char + bare, text)) return isOk('Pattern already commented');
  if (ignore_missing) return isOk('Pattern not found and ignore_missing set to True');
  return fails(`${bare}: Pattern not found`);
}

function lookForCommented({ regex, char }: CommentRequest, text: string): CheckOutcome<Host> | undefined {
  const bare = regex.replace(/^\^+/, '');
  if (has(`${char}[ \\t]*${bare}`, text)) return undefined;
  return has(`^[ \\t]*${bare}`, text) ? isOk('Pattern already uncommented') : fails(`${regex}: Pattern not found`);
}

function has(pattern: string, text: string): boolean {
  return compileFlaggedRegex(pattern, { multiline: true }).test(text);
}
