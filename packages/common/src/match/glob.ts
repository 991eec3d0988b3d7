type Step =
  | { readonly kind: 'text'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly isNegated: boolean; readonly ranges: readonly (readonly [string, string])[] };

/**
 * Whether a glob covers the whole text, as Python's `fnmatch` has it: `*`, `?`, `[a-c]`, `[!a-c]`; no braces; letter
 * case counts; `/` and leading dots are ordinary. Takes time proportional to both lengths at most, whatever the glob.
 */
export function matchGlob(pattern: string, text: string): boolean {
  return compileGlob(pattern)(text);
}

/** Makes a function that tells whether a text matches; see {@link matchGlob}. */
export function compileGlob(pattern: string): (text: string) => boolean {
  const steps = parseGlob(Array.from(pattern));
  return (text) => covers(steps, Array.from(text));
}

function covers(steps: readonly Step[], characters: readonly string[]): boolean {
  let step = 0;
  let index = 0;
  // Where the latest star stands, and how far what it swallows reaches: trying longer there is all there is to undo.
  let star = -1;
  let swallowed = 0;
  while (index < characters.length) {
    const current = steps[step];
    if (current?.kind === 'star') {
      star = step;
      swallowed = index;
      step += 1;
    } else if (current !== undefined && accepts(current, characters[index] ?? '')) {
      step += 1;
      index += 1;
    } else if (star >= 0) {
      swallowed += 1;
      index = swallowed;
      step = star + 1;
    } else {
      return false;
    }
  }
  return steps.slice(step).every(({ kind }) => kind === 'star');
}

function accepts(step: Step, character: string): boolean {
  switch (step.kind) {
    case 'text':
      return step.character === character;
    case 'any':
      return true;
    case 'star':
      return false;
    case 'set':
      return step.ranges.some(([low, high]) => isBetween(character, low, high)) !== step.isNegated;
  }
}

function isBetween(character: string, low: string, high: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0;
  return codePoint >= (low.codePointAt(0) ?? 0) && codePoint <= (high.codePointAt(0) ?? 0);
}

function parseGlob(characters: readonly string[]): Step[] {
  const steps: Step[] = [];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    const end = character === '[' ? endOfSet(characters, index) : undefined;
    if (character === '*') {
      if (steps.at(-1)?.kind !== 'star') steps.push({ kind: 'star' });
    } else if (character === '?') {
      steps.push({ kind: 'any' });
    } else if (end === undefined) {
      steps.push({ kind: 'text', character });
    } else {
      steps.push(parseSet(characters.slice(index + 1, end)));
      index = end;
    }
  }
  return steps;
}

// A bracket that comes first belongs to the set; one that is never closed is an ordinary character.
function endOfSet(characters: readonly string[], start: number): number | undefined {
  const isNegated = characters[start + 1] === '!';
  const end = characters.indexOf(']', start + (isNegated ? 3 : 2));
  return end < 0 ? undefined : end;
}

function parseSet(content: readonly string[]): Step {
  const isNegated = content[0] === '!';
  const members = isNegated ? content.slice(1) : content;
  const ranges: [string, string][] = [];
  for (let index = 0; index < members.length; index += 1) {
    const low = members[index] ?? '';
    const high = members[index + 1] === '-' ? members[index + 2] : undefined;
    ranges.push([low, high ?? low]);
    if (high !== undefined) index += 2;
  }
  return { kind: 'set', isNegated, ranges };
}
