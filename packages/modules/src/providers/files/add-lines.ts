import type { CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { splitLines, unifiedDiff } from '../text/unified-diff.ts';
import { openText } from './edit-file.ts';
import { makeParents } from './make-parents.ts';
import { expandHome, isDirectory, parentOf } from './paths.ts';

/** Lines to be added to a file, which is made when it is missing. */
export interface Addition {
  readonly name: string;
  readonly makedirs: boolean;
  readonly context: StateContext;
  readonly word: 'Appended' | 'Prepended';
  /** Whether the lines of the diff carry their breaks, as they do for `file.prepend`. */
  readonly lineBreaks: boolean;
  readonly add: (before: string) => { readonly count: number; readonly text: string };
}

/** Compares a file with having the lines, and says in Salt's words what is or will be done. */
export async function checkAddition(addition: Addition): Promise<CheckOutcome<Host>> {
  const { host } = addition.context;
  const name = await expandHome(host, addition.name);
  if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
  const isNew = (await host.files.stat(name, { follow: true })) === undefined;
  const opened = isNew ? { text: '', path: name } : await openText(host, name);
  if (typeof opened === 'string') return fails(opened);
  const { count, text } = addition.add(opened.text);
  if (count === 0 && !isNew) return isOk(`File ${name} is in correct state`);
  const diff = showDiff(addition, opened.text, text);
  const pending = isNew
    ? { comment: `File ${name} is set to be created`, changes: { new: name } }
    : { comment: `File ${name} is set to be updated`, changes: { diff } };
  return willChange(pending, (machine) =>
    attempt('', async () => {
      if (!(await isDirectory(machine, parentOf(opened.path)))) {
        if (!addition.makedirs) return { comment: `${name}: file not found`, changes: {}, failed: true };
        await makeParents(machine, opened.path, {});
      }
      await machine.files.write(opened.path, Buffer.from(text));
      return { comment: `${addition.word} ${count} lines`, changes: { diff } };
    }),
  );
}

function showDiff({ lineBreaks }: Addition, before: string, after: string): string {
  if (lineBreaks) return unifiedDiff(splitLines(before), splitLines(after)).join('');
  const bare = (text: string): readonly string[] => splitLines(text).map((line) => line.replace(/\r?\n$/, ''));
  return unifiedDiff(bare(before), bare(after)).join('\n');
}

/** Whether a file's text has the lines of a chunk, one after the other; blanks may differ when they do not count. */
export function presentLines(text: string, chunk: string, ignoresBlanks: boolean): boolean {
  if (!ignoresBlanks) {
    const lines = (some: string): string => `\n${some.replaceAll('\r\n', '\n')}\n`;
    return lines(text).includes(lines(chunk.replace(/\r?\n$/, '')));
  }
  const words = chunk.split(/\s+/).filter((word) => word !== '');
  // What follows looks at every line anew, which is slow where many begin alike.
  if (!text.replaceAll(/\s+/g, '').includes(words.join(''))) return false;
  for (let start = 0; start !== -1; start = nextLine(text, start)) if (wordsAt(text, start, words)) return true;
  return false;
}

function nextLine(text: string, from: number): number {
  const lineBreak = text.indexOf('\n', from);
  return lineBreak === -1 ? -1 : lineBreak + 1;
}

/** Whether the words follow each other there with any blanks or none between them, and nothing else in the last one's line. */
function wordsAt(text: string, start: number, words: readonly string[]): boolean {
  let at = start;
  for (const word of words) {
    at = pastBlanks(text, at, /\S/g);
    if (!text.startsWith(word, at)) return false;
    at += word.length;
  }
  const rest = pastBlanks(text, at, /\n|\S/g);
  return rest === text.length || text[rest] === '\n';
}

function pastBlanks(text: string, from: number, end: RegExp): number {
  end.lastIndex = from;
  return end.exec(text)?.index ?? text.length;
}
