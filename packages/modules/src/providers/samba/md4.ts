/*
 * MD4 (RFC 1320), which NT hashes are made with and which OpenSSL no longer has. It protects nothing; it is a format.
 */

type State = readonly [number, number, number, number];

const initial: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
const byRow = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const byColumn = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];
const mirrored = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];

interface Round {
  readonly mix: (x: number, y: number, z: number) => number;
  readonly addend: number;
  readonly order: readonly number[];
  readonly shifts: State;
}

const rounds: readonly Round[] = [
  { mix: (x, y, z) => (x & y) | (~x & z), addend: 0, order: byRow, shifts: [3, 7, 11, 19] },
  { mix: (x, y, z) => (x & y) | (x & z) | (y & z), addend: 0x5a827999, order: byColumn, shifts: [3, 5, 9, 13] },
  { mix: (x, y, z) => x ^ y ^ z, addend: 0x6ed9eba1, order: mirrored, shifts: [3, 9, 11, 15] },
];

/** The MD4 digest of some bytes, in lower-case hex. */
export function md4(input: Uint8Array): string {
  const padded = Buffer.alloc(Math.ceil((input.length + 9) / 64) * 64);
  padded.set(input);
  padded[input.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(input.length) * 8n, padded.length - 8);
  let state = initial;
  for (let at = 0; at < padded.length; at += 64) state = digestBlock(state, padded.subarray(at, at + 64));
  const digest = Buffer.alloc(16);
  for (const [index, word] of state.entries()) digest.writeUInt32LE(word >>> 0, index * 4);
  return digest.toString('hex');
}

function digestBlock(before: State, block: Buffer): State {
  let state = before;
  for (const { mix, addend, order, shifts } of rounds) {
    for (const [step, word] of order.entries()) {
      const [a, b, c, d] = state;
      const sum = (a + mix(b, c, d) + block.readUInt32LE(word * 4) + addend) | 0;
      state = [d, rotate(sum, shifts[step % 4] ?? 0), b, c];
    }
  }
  const [a, b, c, d] = state;
  return [(a + before[0]) | 0, (b + before[1]) | 0, (c + before[2]) | 0, (d + before[3]) | 0];
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
