/** A place where a pattern was found. */
export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  /** Which pattern. */
  readonly index: number;
}

/** Finds all places of many patterns in one pass. */
export interface PatternMatcher {
  /** Every place, unless another match that ends there covers it whole. In no particular order. */
  find(text: string): readonly PatternMatch[];
}

// Of a longer pattern only so much stands in the automaton; the rest is compared where that much was found. It bounds
// the memory that certificates and the like would take.
const anchorLength = 24;

interface Automaton {
  /** From a state and a character to the next state. */
  readonly next: ReadonlyMap<number, number>;
  /** The state of the longest proper suffix that is a beginning of a pattern. */
  readonly fallback: readonly number[];
  /** The longest pattern that ends in a state. */
  readonly whole: readonly (number | undefined)[];
  /** Patterns that go on where a state ends, longest first. */
  readonly anchored: readonly (readonly number[] | undefined)[];
}

const characters = 0x10000;

/** Creates a matcher by Aho and Corasick, "Efficient string matching" (1975). Empty patterns are never found. */
export function createPatternMatcher(patterns: readonly string[]): PatternMatcher {
  const automaton = build(patterns);
  return { find: (text) => [...find(text, patterns, automaton)] };
}

function build(patterns: readonly string[]): Automaton {
  const next = new Map<number, number>();
  const whole: (number | undefined)[] = [undefined];
  const anchored: (number[] | undefined)[] = [undefined];
  // For each depth, the states there with the parent and the character that lead to them.
  const levels: { state: number; parent: number; character: number }[][] = [];
  for (const [index, pattern] of patterns.entries()) {
    let state = 0;
    const depth = Math.min(pattern.length, anchorLength);
    for (let position = 0; position < depth; position += 1) {
      const parent = state;
      const character = pattern.charCodeAt(position);
      state = next.get(parent * characters + character) ?? 0;
      if (state !== 0) continue;
      state = whole.push(undefined) - 1;
      next.set(parent * characters + character, state);
      (levels[position] ??= []).push({ state, parent, character });
    }
    if (state === 0) continue;
    if (pattern.length > anchorLength) (anchored[state] ??= []).push(index);
    else whole[state] ??= index;
  }
  const fallback = link(next, levels, whole);
  for (const list of anchored) list?.sort((a, b) => (patterns[b]?.length ?? 0) - (patterns[a]?.length ?? 0));
  return { next, fallback, whole, anchored };
}

function link(
  next: ReadonlyMap<number, number>,
  levels: readonly (readonly { state: number; parent: number; character: number }[])[],
  whole: (number | undefined)[],
): readonly number[] {
  const fallback: number[] = Array.from(whole, () => 0);
  for (const [depth, states] of levels.entries()) {
    if (depth === 0) continue;
    for (const { state, parent, character } of states) {
      const suffix = step({ next, fallback }, fallback[parent] ?? 0, character);
      fallback[state] = suffix;
      whole[state] ??= whole[suffix];
    }
  }
  return fallback;
}

function step({ next, fallback }: Pick<Automaton, 'next' | 'fallback'>, from: number, character: number): number {
  for (let state = from; ; state = fallback[state] ?? 0) {
    const found = next.get(state * characters + character);
    if (found !== undefined) return found;
    if (state === 0) return 0;
  }
}

function* find(text: string, patterns: readonly string[], automaton: Automaton): Generator<PatternMatch> {
  let state = 0;
  for (let position = 0; position < text.length; position += 1) {
    state = step(automaton, state, text.charCodeAt(position));
    if (state === 0) continue;
    const end = position + 1;
    const whole = automaton.whole[state];
    if (whole !== undefined) yield { start: end - (patterns[whole]?.length ?? 0), end, index: whole };
    const start = end - anchorLength;
    const long = automaton.anchored[state]?.find((index) => text.startsWith(patterns[index] ?? '', start));
    if (long !== undefined) yield { start, end: start + (patterns[long]?.length ?? 0), index: long };
  }
}
