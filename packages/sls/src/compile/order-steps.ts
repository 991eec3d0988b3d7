import { compareTexts, isFloat, isInteger, pythonStr, type Dict, type Value } from '@brine/common';

/** A chunk that waits for its place in the run. */
export interface UnorderedChunk {
  readonly chunk: Dict;
  /** Its place among the `names` of its state, from 1; `undefined` without them. */
  readonly nameOrder: number | undefined;
}

const lastDistance = 1_000_000;

/**
 * Gives every chunk its number (`first`, `last`, negative ones and the entries of `names` as Salt counts them) and
 * sorts: by number, then by module, name and function. Sets `order` of the chunks.
 */
export function orderChunks<Chunk extends UnorderedChunk>(chunks: readonly Chunk[]): Chunk[] {
  const cap = capOf(chunks);
  const keyed = chunks.map((entry) => {
    const order = orderOf(entry, cap);
    entry.chunk.set('order', order);
    return { entry, order, text: sortText(entry.chunk) };
  });
  return keyed.toSorted((a, b) => a.order - b.order || compareTexts(a.text, b.text)).map(({ entry }) => entry);
}

function capOf(chunks: readonly UnorderedChunk[]): number {
  let cap = 1;
  for (const { chunk } of chunks) {
    const order = chunk.get('order');
    if (isInteger(order) && order > cap - 1 && order > 0) cap = Number(order) + 100;
  }
  return cap;
}

function orderOf({ chunk, nameOrder }: UnorderedChunk, cap: number): number {
  const written = chunk.get('order');
  if (written === undefined) return cap;
  const base = numberOf(written, cap);
  const order = base + (nameOrder === undefined ? 0 : nameOrder / 10_000);
  return order < 0 ? cap + lastDistance + order : order;
}

function numberOf(written: Value, cap: number): number {
  if (written === 'last') return cap + lastDistance;
  if (written === 'first') return 0;
  return typeof written === 'boolean' || isInteger(written) || isFloat(written) ? Number(written) : cap;
}

function sortText(chunk: Dict): string {
  return ['state', 'name', 'fun'].map((key) => pythonStr(chunk.get(key) ?? '')).join('');
}
