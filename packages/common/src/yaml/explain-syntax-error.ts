import { parseEvents, type ScalarEvent, type YAMLException } from 'js-yaml';
import type { YamlFinding } from './yaml-error.ts';
import { lineIndexAt, lineText, type YamlSource } from './yaml-source.ts';

interface Explanation {
  readonly summary: string;
  readonly help?: string | undefined;
  /** Where the fault lies, when that is not where the parser stopped. */
  readonly offset?: number;
}

/** Says what is wrong with a text in the words of those who write it, at the place they have to change. */
export function explainSyntaxError(source: YamlSource, error: YAMLException): YamlFinding {
  const offset = Math.min(error.mark?.position ?? 0, source.text.length);
  if (error.reason.startsWith('nesting exceeded')) {
    return { code: 'yaml-too-deep', offset, summary: error.reason.replace('maxDepth', 'the limit') };
  }
  const explanation = explain(source, error.reason, offset);
  const found = { code: 'yaml-syntax', offset, ...explanation } as const;
  const line = lineText(source, lineIndexAt(source, found.offset));
  if (!/\{[{%#]/.test(line)) return found;
  return { ...found, help: 'this looks like Jinja that was not rendered; text with braces needs quotes' };
}

function explain(source: YamlSource, reason: string, offset: number): Explanation {
  if (/end of the (?:stream|document) within a (?:single|double)/.test(reason)) return unclosedQuote(source, reason);
  if (/flow collection|deficient indentation|missed comma/.test(reason)) return explainFlow(source, reason, offset);
  if (reason.startsWith('tab characters')) {
    return { summary: 'a tab is used for indentation', help: 'indent with blanks only' };
  }
  if (/^can not read a block mapping entry|^expected ':' after/.test(reason)) return missingColon(source, offset);
  const isMisplaced = reason.startsWith('bad indentation') || reason.startsWith('end of the stream');
  return isMisplaced ? explainMisplaced(source, offset) : { summary: reason };
}

function explainMisplaced(source: YamlSource, offset: number): Explanation {
  const character = source.text[offset] ?? '';
  const index = lineIndexAt(source, offset);
  const before = source.text.slice(source.lineStarts[index], offset);
  const starred = starredKey(source, offset);
  if (starred !== undefined) return starred;
  if (character === ':') {
    return {
      summary: 'mapping values are not allowed here',
      help: "a text with ': ' needs quotes, and a nested mapping begins on a line of its own",
    };
  }
  if (/\S/.test(before)) return explainMiddle(character, source.text[offset + 1]);
  return {
    summary: `expected a key or list item of an open block, but this line is indented by ${before.length}`,
    help: 'the keys of one mapping and the items of one list begin in the same column',
  };
}

function explainMiddle(character: string, next: string | undefined): Explanation {
  if (character === '-' && /\s/.test(next ?? ' ')) {
    return { summary: 'a list is not allowed here', help: 'begin it on the next line' };
  }
  if (/[@`%]/.test(character)) {
    return { summary: `found character '${character}' that cannot start a value`, help: 'put the value in quotes' };
  }
  return { summary: 'unexpected text after the value', help: 'put the whole value in one pair of quotes' };
}

// The parser takes the colon of such a key for a part of the alias, and stumbles over what follows.
function starredKey(source: YamlSource, offset: number): Explanation | undefined {
  const before = source.text.slice(0, offset).trimEnd();
  const [line = ''] = /[^\r\n]*$/.exec(before) ?? [];
  const key = /^(?:\s|-\s)*(?=\*\S*:$)/.exec(line)?.[0];
  if (key === undefined) return undefined;
  return {
    summary: 'a key cannot begin with *',
    help: 'put the key in quotes',
    offset: before.length - line.length + key.length,
  };
}

function missingColon(source: YamlSource, offset: number): Explanation {
  const end = source.text.slice(0, offset).trimEnd().length;
  let index = lineIndexAt(source, Math.max(end - 1, 0));
  // The line that was read as the key may have been joined to lines before it, which lack their colons too.
  while (index > 0 && isJoined(lineText(source, index - 1), lineText(source, index))) index -= 1;
  const start = source.lineStarts[index] ?? 0;
  return {
    summary: "could not find expected ':' after this key",
    help: 'every line of a mapping is "key: value"',
    offset: start + Math.max(source.text.slice(start, end).search(/\S/), 0),
  };
}

/** Whether a line is plain text that goes on in the next one, which is never less indented then. */
function isJoined(line: string, next: string): boolean {
  if (line.search(/\S/) > next.search(/\S/)) return false;
  return /\S/.test(line) && !/^\s*(?:[-?#%&*!|>'"[{]|$)|:(?:\s|$)|[\]}"']\s*$|\s#/.test(line);
}

// Closing the quote lets the parser finish that scalar, which then says where it began.
function unclosedQuote(source: YamlSource, reason: string): Explanation {
  const quote = reason.includes('single') ? "'" : '"';
  const summary = `the quote ${quote} is never closed`;
  try {
    const events = parseEvents(source.text + quote, {});
    const scalars = events.filter((event): event is ScalarEvent => 'valueStart' in event && event.valueStart > 0);
    const last = scalars.findLast((event) => event.valueEnd === source.text.length);
    return last === undefined ? { summary } : { summary, offset: last.valueStart - 1 };
  } catch {
    return { summary };
  }
}

function explainFlow(source: YamlSource, reason: string, offset: number): Explanation {
  const opener = unmatchedOpener(source.text, offset);
  if (opener === undefined) return { summary: reason };
  const closer = source.text[opener] === '[' ? ']' : '}';
  const line = lineIndexAt(source, offset);
  if (reason.startsWith('missed comma') && line === lineIndexAt(source, opener)) {
    return { summary: `expected ',' or '${closer}' inside the braces or brackets` };
  }
  return {
    summary: `expected ',' or '${closer}': the '${source.text[opener]}' that begins here is not closed`,
    help: 'close it, or put the text in quotes',
    offset: opener,
  };
}

function unmatchedOpener(text: string, end: number): number | undefined {
  let depth = 0;
  for (let index = end - 1; index >= 0; index -= 1) {
    const character = text[index];
    if (character === ']' || character === '}') depth += 1;
    if (character !== '[' && character !== '{') continue;
    if (depth === 0) return index;
    depth -= 1;
  }
  return undefined;
}
