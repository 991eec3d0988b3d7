import type { CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { escapeRegex } from '../text/python-regex.ts';
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
  const lines = chunk.replace(/\r?\n$/, '').split(/\r?\n/);
  if (!ignoresBlanks) return new RegExp(`^${lines.map(escapeRegex).join('\\r?\\n')}\\r?$`, 'm').test(text);
  const pattern = lines.map((line) => {
    const words = line.split(/\s+/).filter((word) => word !== '');
    return `\\s*${words.map(escapeRegex).join('\\s*')}\\s*`;
  });
  return new RegExp(`^${pattern.join('')}$`, 'm').test(text);
}
