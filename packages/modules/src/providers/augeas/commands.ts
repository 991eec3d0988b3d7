import { AppError } from '@brine/common';
import { splitWords } from '../../functions/split-words.ts';

/** A change of Augeas' tree, its words read and its paths made absolute. */
export interface AugeasCommand {
  readonly verb: 'set' | 'setm' | 'mv' | 'ins' | 'rm';
  readonly words: readonly string[];
  /** The path that says which file it is about. */
  readonly path: string;
}

const verbs: Readonly<Record<string, AugeasCommand['verb']>> = {
  set: 'set',
  setm: 'setm',
  mv: 'mv',
  move: 'mv',
  ins: 'ins',
  insert: 'ins',
  rm: 'rm',
  remove: 'rm',
};
const counts: Readonly<Record<AugeasCommand['verb'], readonly number[]>> = {
  set: [1, 2],
  setm: [2, 3],
  mv: [2],
  ins: [3],
  rm: [1],
};

function refuse(message: string): never {
  throw new AppError({ code: 'state-failed', message });
}

/** Reads changes as Salt writes them: `set hosts/1/alias loc`. Throws `state-failed` for what is none. */
export function readCommand(line: string, context: string | undefined): AugeasCommand {
  const [, word = '', rest = ''] = /^(\S+) ([\s\S]*)$/.exec(line) ?? [];
  if (word === '') return refuse(`Invalid formatted command, see debug log for details: ${line}`);
  const verb = verbs[word];
  if (verb === undefined) return refuse(`Command ${word} is not supported (yet)`);
  const words = splitWords(rest);
  const at = verb === 'ins' ? 2 : 0;
  if (!isWellFormed(verb, words)) return refuse(`Invalid formatted command, see debug log for details: ${rest}`);
  if (words.some((each) => /[\n\r\0]/.test(each))) return refuse('A command of Augeas stands on one line');
  const path = absolute(words[at] ?? '', context);
  return { verb, words: words.with(at, path), path };
}

function isWellFormed(verb: AugeasCommand['verb'], words: readonly string[]): boolean {
  if (verb === 'ins' && words[1] !== 'before' && words[1] !== 'after') return false;
  return counts[verb].includes(words.length);
}

function absolute(path: string, context: string | undefined): string {
  if (context === undefined || path.startsWith(context)) return path;
  const relative = path.replace(/^\/+/, '');
  return relative === '' ? context : `${context.replace(/\/$/, '')}/${relative}`;
}

/** A command as augtool reads it. */
export function toLine({ verb, words }: AugeasCommand): string {
  return [verb, ...words.map(quote)].join(' ');
}

/** A word as augtool reads it. */
export function quote(word: string): string {
  if (!word.includes('"') && !word.includes('\\')) return `"${word}"`;
  return word.includes("'") ? `"${word.replace(/[\\"]/g, '\\$&')}"` : `'${word}'`;
}
