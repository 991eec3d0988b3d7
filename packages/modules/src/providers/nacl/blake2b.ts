/*
 * BLAKE2b (RFC 7693) without a key, for the nonces of sealed boxes. OpenSSL makes digests of 64 bytes only, and the
 * length is part of what is hashed.
 */

const word = 0xffff_ffff_ffff_ffffn;

const initial: readonly bigint[] = [
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
];

// The order in which the words of a block are mixed in, round by round, as hexadecimal digits.
const orders: readonly string[] = [
  ...['0123456789abcdef', 'ea489fd61c02b753', 'b8c052fdae367194', '7931dcbe265a40f8', '905724afe1bc683d'],
  ...['2c6a0b834d75fe19', 'c51fed4a0763928b', 'db7ec13950f4862a', '6fe9b308c2d714a5', 'a2847615fb9e3cd0'],
  ...['0123456789abcdef', 'ea489fd61c02b753'],
];

// Columns, then diagonals.
const lanes: readonly (readonly [number, number, number, number])[] = [
  ...([0, 1, 2, 3] as const).map((column) => [column, column + 4, column + 8, column + 12] as const),
  ...[[0, 5, 10, 15] as const, [1, 6, 11, 12] as const, [2, 7, 8, 13] as const, [3, 4, 9, 14] as const],
];

const blockLength = 128;

/** The BLAKE2b digest of some bytes, `length` bytes long (1 to 64). */
export function blake2b(input: Uint8Array, length: number): Uint8Array {
  const state = [...initial];
  state[0] = at(state, 0) ^ 0x0101_0000n ^ BigInt(length);
  const blocks = Math.max(1, Math.ceil(input.length / blockLength));
  for (let index = 0; index < blocks; index += 1) {
    const block = new Uint8Array(blockLength);
    block.set(input.subarray(index * blockLength, (index + 1) * blockLength));
    const isLast = index === blocks - 1;
    compress(state, block, { read: BigInt(Math.min(input.length, (index + 1) * blockLength)), isLast });
  }
  const digest = new Uint8Array(64);
  const view = new DataView(digest.buffer);
  for (const [index, part] of state.entries()) view.setBigUint64(index * 8, part, true);
  return digest.slice(0, length);
}

function compress(state: bigint[], block: Uint8Array, { read, isLast }: { read: bigint; isLast: boolean }): void {
  const view = new DataView(block.buffer);
  const work = [...state, ...initial];
  work[12] = at(work, 12) ^ read;
  if (isLast) work[14] = at(work, 14) ^ word;
  for (const order of orders) {
    for (const [index, lane] of lanes.entries()) {
      const [first, second] = [order[index * 2], order[index * 2 + 1]].map((digit) =>
        view.getBigUint64(Number.parseInt(digit ?? '0', 16) * 8, true),
      );
      mix(work, lane, [first ?? 0n, second ?? 0n]);
    }
  }
  for (let index = 0; index < 8; index += 1) {
    state[index] = at(state, index) ^ at(work, index) ^ at(work, index + 8);
  }
}

function mix(work: bigint[], [a, b, c, d]: readonly [number, number, number, number], words: readonly bigint[]): void {
  for (const [index, [turnD, turnB]] of (
    [
      [32n, 24n],
      [16n, 63n],
    ] as const
  ).entries()) {
    work[a] = (at(work, a) + at(work, b) + (words[index] ?? 0n)) & word;
    work[d] = turn(at(work, d) ^ at(work, a), turnD);
    work[c] = (at(work, c) + at(work, d)) & word;
    work[b] = turn(at(work, b) ^ at(work, c), turnB);
  }
}

function turn(value: bigint, bits: bigint): bigint {
  return ((value >> bits) | (value << (64n - bits))) & word;
}

function at(words: readonly bigint[], index: number): bigint {
  return words[index] ?? 0n;
}
