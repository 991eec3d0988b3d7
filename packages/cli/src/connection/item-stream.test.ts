import { encodeValue, type Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { readItems } from './item-stream.ts';

async function* inPieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

function framed(value: Value): Buffer {
  const body = encodeValue(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

describe('the item stream', () => {
  const items: Value[] = ['first', new Map([[8080, [1, 2]]]), null];

  it.each([1, 3, 1000])('finds the items however they are cut (pieces of %i bytes)', async (size) => {
    const seen: Value[] = [];
    for await (const item of readItems(inPieces(Buffer.concat(items.map(framed)), size))) seen.push(item);
    expect(seen).toEqual(items);
  });

  it('drops an item that did not arrive whole', async () => {
    const seen: Value[] = [];
    const broken = Buffer.concat(items.map(framed)).subarray(0, -1);
    for await (const item of readItems(inPieces(broken, 7))) seen.push(item);
    expect(seen).toEqual(items.slice(0, 2));
  });
});
