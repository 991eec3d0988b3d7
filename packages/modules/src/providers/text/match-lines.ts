/** A step from one sequence to another: `a[fromA, toA)` becomes `b[fromB, toB)`. */
export interface EditStep {
  readonly kind: 'equal' | 'replace' | 'delete' | 'insert';
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

interface Block {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

const popularFrom = 200;

/**
 * The steps from `a` to `b` as the SequenceMatcher of Python's difflib finds them (longest match first, lines that
 * fill more than a hundredth of a long text ignored), so that diffs read exactly as Salt's.
 */
export function matchLines(a: readonly string[], b: readonly string[]): readonly EditStep[] {
  const steps: EditStep[] = [];
  let [atA, atB] = [0, 0];
  for (const { a: fromA, b: fromB, size } of [...matchingBlocks(a, b), { a: a.length, b: b.length, size: 0 }]) {
    const kind = kindOf(fromA - atA, fromB - atB);
    if (kind !== undefined) steps.push({ kind, fromA: atA, toA: fromA, fromB: atB, toB: fromB });
    if (size > 0) steps.push({ kind: 'equal', fromA, toA: fromA + size, fromB, toB: fromB + size });
    [atA, atB] = [fromA + size, fromB + size];
  }
  return steps;
}

function kindOf(removed: number, added: number): EditStep['kind'] | undefined {
  if (removed > 0) return added > 0 ? 'replace' : 'delete';
  return added > 0 ? 'insert' : undefined;
}

function matchingBlocks(a: readonly string[], b: readonly string[]): readonly Block[] {
  const places = indexLines(b);
  const blocks: Block[] = [];
  const queue: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  for (let range = queue.pop(); range !== undefined; range = queue.pop()) {
    const [fromA, toA, fromB, toB] = range;
    const longest = longestMatch(a, places, range);
    const found = widen({ a, b }, longest, range);
    if (found.size === 0) continue;
    blocks.push(found);
    if (fromA < found.a && fromB < found.b) queue.push([fromA, found.a, fromB, found.b]);
    const [endA, endB] = [found.a + found.size, found.b + found.size];
    if (endA < toA && endB < toB) queue.push([endA, toA, endB, toB]);
  }
  return joinNeighbours(blocks.toSorted((one, other) => one.a - other.a || one.b - other.b));
}

function indexLines(b: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [index, line] of b.entries()) {
    const found = places.get(line);
    if (found === undefined) places.set(line, [index]);
    else found.push(index);
  }
  if (b.length < popularFrom) return places;
  const most = Math.floor(b.length / 100) + 1;
  return new Map([...places].filter(([, indexes]) => indexes.length <= most));
}

function longestMatch(
  a: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  [fromA, toA, fromB, toB]: readonly [number, number, number, number],
): Block {
  let best: Block = { a: fromA, b: fromB, size: 0 };
  let lengths = new Map<number, number>();
  for (let atA = fromA; atA < toA; atA += 1) {
    const next = new Map<number, number>();
    for (const atB of places.get(a[atA] ?? '') ?? []) {
      if (atB < fromB) continue;
      if (atB >= toB) break;
      const size = (lengths.get(atB - 1) ?? 0) + 1;
      next.set(atB, size);
      if (size > best.size) best = { a: atA - size + 1, b: atB - size + 1, size };
    }
    lengths = next;
  }
  return best;
}

// The match is extended over popular lines at both ends, which the index leaves out.
function widen(
  texts: { readonly a: readonly string[]; readonly b: readonly string[] },
  block: Block,
  [fromA, toA, fromB, toB]: readonly [number, number, number, number],
): Block {
  const { a, b } = texts;
  let { a: startA, b: startB, size } = block;
  while (startA > fromA && startB > fromB && a[startA - 1] === b[startB - 1]) {
    startA -= 1;
    startB -= 1;
    size += 1;
  }
  while (startA + size < toA && startB + size < toB && a[startA + size] === b[startB + size]) size += 1;
  return { a: startA, b: startB, size };
}

function joinNeighbours(blocks: readonly Block[]): readonly Block[] {
  const joined: Block[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    if (last !== undefined && last.a + last.size === block.a && last.b + last.size === block.b)
      joined[joined.length - 1] = { ...last, size: last.size + block.size };
    else joined.push(block);
  }
  return joined;
}
