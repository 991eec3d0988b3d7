import { isAppError } from '../app-error.ts';
import { compilePythonRegex } from './python-regex.ts';

/** A range expression, or why it is malformed. */
export type ParsedRange = { readonly matches: (id: string) => boolean } | { readonly malformed: string };

type Test = (id: string) => boolean;

/**
 * Parses a range expression in the notation of libcrange: names and counts (`web1..9`, `web01..web12.ams`),
 * alternatives in braces (`{web,db}1..3`), regular expressions (`/^web/`), parentheses; joined left to right by `,`
 * (or), `,-` (but not) and `,&` (and). What a range server would have to say (`%cluster`, `@group`, `*`) is refused.
 */
export function parseRange(expression: string): ParsedRange {
  const reader: Reader = { text: expression, position: 0, depth: 0 };
  try {
    const matches = parseJoined(reader);
    if (reader.position < expression.length) throw new Malformed(`unexpected '${expression[reader.position] ?? ''}'`);
    return { matches };
  } catch (caught) {
    if (caught instanceof Malformed) return { malformed: caught.message };
    if (isAppError(caught, 'regex-invalid')) return { malformed: caught.message };
    throw caught;
  }
}

interface Reader {
  readonly text: string;
  position: number;
  depth: number;
}

// Only to leave the recursion; never seen outside this file.
class Malformed extends Error {}

const deepestNesting = 50;
const mostAlternatives = 1000;

function parseJoined(reader: Reader): Test {
  let left = parseItem(reader);
  for (;;) {
    skipBlanks(reader);
    const operator = /^,[-&]?/.exec(reader.text.slice(reader.position))?.[0];
    if (operator === undefined) return left;
    reader.position += operator.length;
    left = join(operator, left, parseItem(reader));
  }
}

function join(operator: string, left: Test, right: Test): Test {
  if (operator === ',') return (id) => left(id) || right(id);
  return operator === ',&' ? (id) => left(id) && right(id) : (id) => left(id) && !right(id);
}

function parseItem(reader: Reader): Test {
  skipBlanks(reader);
  const rest = reader.text.slice(reader.position);
  if (rest.startsWith('(')) return parseGroup(reader);
  if (rest.startsWith('/')) return parseRegex(reader, rest);
  if (/^[%@*?^]/.test(rest)) {
    throw new Malformed(`'${rest[0] ?? ''}' asks a range server, which is not supported; literal ranges are`);
  }
  const word = readWord(rest);
  if (word === '') throw new Malformed('it ends where a name is expected');
  reader.position += word.length;
  const tests = expandBraces(word).map(testOfName);
  return (id) => tests.some((test) => test(id));
}

function parseGroup(reader: Reader): Test {
  reader.position += 1;
  reader.depth += 1;
  if (reader.depth > deepestNesting) throw new Malformed(`parentheses nest deeper than ${deepestNesting} levels`);
  const inner = parseJoined(reader);
  skipBlanks(reader);
  if (reader.text[reader.position] !== ')') throw new Malformed("a '(' is not closed");
  reader.position += 1;
  reader.depth -= 1;
  return inner;
}

function parseRegex(reader: Reader, rest: string): Test {
  const end = rest.indexOf('/', 1);
  if (end < 0) throw new Malformed("a '/' is not closed");
  reader.position += end + 1;
  const regex = compilePythonRegex(rest.slice(1, end));
  return (id) => regex.test(id);
}

// A word ends at what joins or closes, but not within braces.
function readWord(rest: string): string {
  let depth = 0;
  for (const [index, character] of Array.from(rest).entries()) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth < 0) throw new Malformed("a '}' was never opened");
    if (depth === 0 && /[,()\s]/.test(character)) return rest.slice(0, index);
  }
  if (depth > 0) throw new Malformed("a '{' is not closed");
  return rest;
}

function expandBraces(word: string): string[] {
  const [, before = '', inside, after = ''] = /^([^{}]*)\{([^{}]*)\}(.*)$/s.exec(word) ?? [];
  if (inside === undefined) {
    if (/[{}]/.test(word)) throw new Malformed('braces do not nest');
    return [word];
  }
  const expanded = inside.split(',').flatMap((part) => expandBraces(`${before}${part.trim()}${after}`));
  if (expanded.length > mostAlternatives) throw new Malformed(`more than ${mostAlternatives} alternatives`);
  return expanded;
}

function testOfName(name: string): Test {
  const [, prefix = '', first, again = '', last, suffix = ''] = /^(.*?)(\d+)\.\.(\D*?)(\d+)(\D.*)?$/s.exec(name) ?? [];
  if (first === undefined || last === undefined) {
    if (name.includes('..')) throw new Malformed(`'${name}' does not count from one number to another`);
    return (id) => id === name;
  }
  // `web1..web9` names the prefix twice.
  if (again !== '' && again !== prefix) throw new Malformed(`'${name}' begins and ends with another name`);
  const [low, high] = [BigInt(first), BigInt(last)];
  return (id) => {
    if (!id.startsWith(prefix) || !id.endsWith(suffix) || id.length <= prefix.length + suffix.length) return false;
    const digits = id.slice(prefix.length, id.length - suffix.length);
    if (!/^\d{1,30}$/.test(digits)) return false;
    const isPadded = digits === BigInt(digits).toString().padStart(first.length, '0');
    return isPadded && BigInt(digits) >= low && BigInt(digits) <= high;
  };
}

function skipBlanks(reader: Reader): void {
  while (/\s/.test(reader.text[reader.position] ?? '')) reader.position += 1;
}
