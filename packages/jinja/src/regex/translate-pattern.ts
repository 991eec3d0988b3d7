import { fault, type TemplateFault } from '../template-fault.ts';

/** A pattern of Python's `re` as one of JavaScript, both meaning the same. */
export interface TranslatedPattern {
  readonly source: string;
  readonly ignoreCase: boolean;
  /** How many repetitions without an upper bound it has, and whether one lies in another. */
  readonly repetitions: number;
  readonly isNested: boolean;
}

export interface PatternFlags {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
}

const wordClass = '\\p{L}\\p{N}_';
const spaceClass = '\\s\\x1c-\\x1f\\x85';
const classes: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: wordClass,
  s: spaceClass,
};
const negatedClasses: Readonly<Record<string, string>> = { W: `[^${wordClass}]`, S: `[^${spaceClass}]` };
const assertions: Readonly<Record<string, string>> = {
  A: '(?<![\\s\\S])',
  Z: '(?![\\s\\S])',
  b: `(?:(?<=[${wordClass}])(?![${wordClass}])|(?<![${wordClass}])(?=[${wordClass}]))`,
  B: `(?:(?<=[${wordClass}])(?=[${wordClass}])|(?<![${wordClass}])(?![${wordClass}]))`,
};
const controls: Readonly<Record<string, string>> = { a: '\\x07', f: '\\f', n: '\\n', r: '\\r', t: '\\t', v: '\\v' };

interface GroupStart {
  readonly pattern: RegExp;
  readonly write: (part: string) => string;
  /** Whether the match is all of the group. */
  readonly isWhole: boolean;
}

const groupStarts: readonly GroupStart[] = [
  { pattern: /^\?P<([A-Za-z_]\w*)>/, write: (name) => `(?<${name}>`, isWhole: false },
  { pattern: /^\?P=([A-Za-z_]\w*)\)/, write: (name) => `\\k<${name}>`, isWhole: true },
  { pattern: /^\?#[^)]*\)/, write: () => '', isWhole: true },
  { pattern: /^(\?(?:[:=!]|<[=!]))/, write: (start) => `(${start}`, isWhole: false },
];

/** Translates a pattern; throws for what is wrong in it, and for the few things that JavaScript cannot do. */
export function translatePattern(pattern: string, flags: PatternFlags): TranslatedPattern {
  return new Translator(pattern, flags).run();
}

class Translator {
  private readonly pattern: string;
  private position = 0;
  private ignoreCase: boolean;
  private multiline: boolean;
  private dotAll = false;
  private verbose = false;
  private output = '';
  private repetitions = 0;
  private isNested = false;
  /** For each open group whether something in it repeats. */
  private readonly groups: boolean[] = [];
  private closedRepeats = false;

  constructor(pattern: string, flags: PatternFlags) {
    this.pattern = pattern;
    this.ignoreCase = flags.ignoreCase ?? false;
    this.multiline = flags.multiline ?? false;
  }

  run(): TranslatedPattern {
    this.readGlobalFlags();
    while (this.position < this.pattern.length) this.step();
    if (this.groups.length > 0) throw this.fail('missing ), unterminated subpattern');
    const { output: source, ignoreCase, repetitions, isNested } = this;
    return { source, ignoreCase, repetitions, isNested };
  }

  private fail(problem: string): TemplateFault {
    return fault(`bad regular expression '${this.pattern}': ${problem} at position ${this.position}`);
  }

  private readGlobalFlags(): void {
    const flags = /^\(\?([aiLmsux]+)\)/.exec(this.pattern);
    if (flags === null) return;
    this.position = flags[0].length;
    const letters = flags[1] ?? '';
    this.ignoreCase ||= letters.includes('i');
    this.multiline ||= letters.includes('m');
    this.dotAll = letters.includes('s');
    this.verbose = letters.includes('x');
  }

  private take(): string {
    const character = String.fromCodePoint(this.pattern.codePointAt(this.position) ?? 0);
    this.position += character.length;
    return character;
  }

  private step(): void {
    const character = this.take();
    switch (character) {
      case '\\':
        this.output += this.readEscape();
        return;
      case '[':
        this.output += this.readClass();
        return;
      case '(':
        this.openGroup();
        return;
      case ')':
        this.closeGroup();
        return;
      case '*':
      case '+':
      case '?':
      case '{':
        this.readRepetition(character);
        return;
      default:
        this.output += this.plain(character);
    }
  }

  private plain(character: string): string {
    if (this.verbose && /[\s#]/.test(character)) {
      if (character === '#') this.skipComment();
      return '';
    }
    switch (character) {
      case '.':
        return this.dotAll ? '[\\s\\S]' : '[^\\n]';
      case '^':
        return this.multiline ? '(?<![^\\n])' : '(?<![\\s\\S])';
      case '$':
        return this.multiline ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))';
      default:
        return /[\]}/]/.test(character) ? `\\${character}` : character;
    }
  }

  private skipComment(): void {
    const end = this.pattern.indexOf('\n', this.position);
    this.position = end === -1 ? this.pattern.length : end;
  }

  private readEscape(): string {
    if (this.position >= this.pattern.length) throw this.fail('bad escape (end of pattern)');
    const letter = this.take();
    const assertion = assertions[letter];
    if (assertion !== undefined) return assertion;
    if (/[1-9]/.test(letter)) return this.readBackReference(letter);
    const set = classes[letter];
    if (set !== undefined) return `[${set}]`;
    return negatedClasses[letter] ?? this.readCharacter(letter);
  }

  private readBackReference(first: string): string {
    let digits = first;
    if (/\d/.test(this.pattern.slice(this.position, this.position + 1))) digits += this.take();
    return `(?:\\${digits})`;
  }

  /** A character written with a backslash, outside and inside of sets. */
  private readCharacter(letter: string): string {
    const control = controls[letter];
    if (control !== undefined) return control;
    if (letter === '0') return this.readOctal();
    const width = letter === 'x' ? 2 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
    if (width > 0) return this.readHex(width);
    if (/[A-Za-z]/.test(letter)) throw this.fail(`bad escape \\${letter}`);
    return /[\^$\\.*+?()[\]{}|/-]/.test(letter) ? `\\${letter}` : letter;
  }

  private readHex(width: number): string {
    const digits = this.pattern.slice(this.position, this.position + width);
    if (!new RegExp(`^[0-9a-fA-F]{${width}}$`).test(digits)) throw this.fail('incomplete escape');
    this.position += width;
    return `\\u{${digits}}`;
  }

  private readOctal(): string {
    const digits = /^[0-7]{0,2}/.exec(this.pattern.slice(this.position))?.[0] ?? '';
    this.position += digits.length;
    return `\\u{${Number.parseInt(`0${digits}`, 8).toString(16)}}`;
  }

  private readClass(): string {
    let set = '[';
    if (this.pattern[this.position] === '^') set += this.take();
    let isFirst = true;
    for (;;) {
      if (this.position >= this.pattern.length) throw this.fail('unterminated character set');
      const character = this.take();
      if (character === ']' && !isFirst) return `${set}]`;
      isFirst = false;
      set += this.classMember(character);
    }
  }

  private classMember(character: string): string {
    if (character === '-') {
      const isRange = this.pattern[this.position] !== ']' && !/[[^]$/.test(this.pattern.slice(0, this.position - 1));
      return isRange ? '-' : '\\-';
    }
    if (character !== '\\') return /[[\]\\^$.*+?(){}|/]/.test(character) ? `\\${character}` : character;
    const letter = this.take();
    if (letter === 'b') return '\\x08';
    const set = classes[letter];
    if (set !== undefined) return set;
    if (letter === 'W' || letter === 'S') return letter === 'W' ? '\\W' : '\\S';
    return this.readCharacter(letter);
  }

  private openGroup(): void {
    this.groups.push(false);
    if (this.pattern[this.position] !== '?') {
      this.output += '(';
      return;
    }
    const start = groupStarts.find(({ pattern }) => pattern.test(this.pattern.slice(this.position)));
    if (start === undefined) throw this.fail('this kind of group is not supported');
    const match = start.pattern.exec(this.pattern.slice(this.position));
    this.position += match?.[0].length ?? 0;
    this.output += start.write(match?.[1] ?? '');
    if (start.isWhole) this.groups.pop();
  }

  private closeGroup(): void {
    const repeats = this.groups.pop();
    if (repeats === undefined) throw this.fail('unbalanced parenthesis');
    this.closedRepeats = repeats;
    if (repeats && this.groups.length > 0) this.groups[this.groups.length - 1] = true;
    this.output += ')';
  }

  private readRepetition(sign: string): void {
    const text = sign === '{' ? this.readBounds() : sign;
    if (text === undefined) {
      this.output += '\\{';
      return;
    }
    if (this.output === '' || /(?:^|[^\\])[(|]$/.test(this.output)) throw this.fail('nothing to repeat');
    this.noteRepetition(text);
    this.output += text;
    if (this.pattern[this.position] === '?') this.output += this.take();
    else if (/^[+*]/.test(this.pattern.slice(this.position))) throw this.fail('multiple repeat');
  }

  /** `{2,3}` and its kin; other braces are characters. */
  private readBounds(): string | undefined {
    const bounds = /^(?<least>\d*)(?<comma>,?)(?<most>\d*)\}/.exec(this.pattern.slice(this.position));
    const { least = '', comma = '', most = '' } = bounds?.groups ?? {};
    if (bounds === null || (least === '' && most === '')) return undefined;
    this.position += bounds[0].length;
    return `{${least === '' ? '0' : least}${comma}${most}}`;
  }

  private noteRepetition(text: string): void {
    const isUnbounded = text === '*' || text === '+' || text.endsWith(',}') || /\d{3,}/.test(text);
    if (!isUnbounded) return;
    this.repetitions += 1;
    if (this.output.endsWith(')') && this.closedRepeats) this.isNested = true;
    if (this.groups.length > 0) this.groups[this.groups.length - 1] = true;
  }
}
