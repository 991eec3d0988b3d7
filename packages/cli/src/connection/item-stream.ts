import { decodeValue, type Value } from '@brine/common';

/** Reads values that each stand behind their length, four bytes big-endian. What a broken end leaves is dropped. */
export async function* readItems(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Value> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = endOfFirst(rest); end !== undefined; end = endOfFirst(rest)) {
      yield decodeValue(rest.subarray(4, end));
      rest = rest.subarray(end);
    }
  }
}

function endOfFirst(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined;
  const end = 4 + bytes.readUInt32BE(0);
  return bytes.length < end ? undefined : end;
}
