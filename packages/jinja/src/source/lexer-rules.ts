import type { JinjaOptions } from '../jinja-options.ts';
import { whitespaceClass } from '../values/character-classes.ts';

/** The patterns of a set of delimiters. All but `root` are sticky. */
export interface LexerRules {
  /** Finds the next tag of any kind; the groups say which. */
  readonly root: RegExp;
  readonly blockEnd: RegExp;
  readonly variableEnd: RegExp;
  readonly lineStatementEnd: RegExp;
  readonly commentEnd: RegExp;
  readonly rawEnd: RegExp;
  readonly lineCommentEnd: RegExp;
  readonly trimBlocks: boolean;
  readonly lstripBlocks: boolean;
  readonly keepTrailingNewline: boolean;
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

const space = `[${whitespaceClass}]`;

/** Makes the patterns for the delimiters of an environment. */
export function createLexerRules(options: JinjaOptions): LexerRules {
  const blockStart = options.blockStart ?? '{%';
  const blockEnd = escapePattern(options.blockEnd ?? '%}');
  const commentEnd = escapePattern(options.commentEnd ?? '#}');
  const variableEnd = escapePattern(options.variableEnd ?? '}}');
  const suffix = options.trimBlocks === true ? '\\n?' : '';
  const closeBlock = `(?:\\+${blockEnd}|-${blockEnd}${space}*|${blockEnd}${suffix})`;
  const escapedStart = escapePattern(blockStart);
  return {
    root: rootPattern(options, `${escapedStart}[-+]?${space}*raw${space}*(?:-${blockEnd}${space}*|${blockEnd})`),
    blockEnd: new RegExp(closeBlock, 'y'),
    variableEnd: new RegExp(`(?:-${variableEnd}${space}*|${variableEnd})`, 'y'),
    lineStatementEnd: new RegExp(`${space}*(?:\\n|$)`, 'y'),
    commentEnd: new RegExp(`(?:\\+${commentEnd}|-${commentEnd}${space}*|${commentEnd}${suffix})`, 'g'),
    rawEnd: new RegExp(`${escapedStart}(?<sign>[-+]?)${space}*endraw${space}*${closeBlock}`, 'g'),
    lineCommentEnd: /(?=\n|$)/g,
    trimBlocks: options.trimBlocks === true,
    lstripBlocks: options.lstripBlocks === true,
    keepTrailingNewline: options.keepTrailingNewline === true,
  };
}

function rootPattern(options: JinjaOptions, raw: string): RegExp {
  const delimiters = [
    { name: 'comment', start: options.commentStart ?? '{#' },
    { name: 'block', start: options.blockStart ?? '{%' },
    { name: 'variable', start: options.variableStart ?? '{{' },
  ];
  const alternatives = delimiters.map(({ name, start }) => ({
    length: start.length,
    pattern: `(?<${name}>${escapePattern(start)}[-+]?)`,
  }));
  const { lineStatementPrefix: statement, lineCommentPrefix: comment } = options;
  if (statement !== undefined) {
    const pattern = `(?<lineStatement>(?<![^\\n])[ \\t\\v]*${escapePattern(statement)}[-+]?)`;
    alternatives.push({ length: statement.length, pattern });
  }
  if (comment !== undefined) {
    const pattern = `(?<lineComment>(?:(?<![^\\n])|(?<=\\S))[^\\S\\r\\n]*${escapePattern(comment)}[-+]?)`;
    alternatives.push({ length: comment.length, pattern });
  }
  // Where one delimiter begins like another, the longer one has to be tried first.
  alternatives.sort((a, b) => b.length - a.length);
  return new RegExp([`(?<raw>${raw})`, ...alternatives.map(({ pattern }) => pattern)].join('|'), 'g');
}
