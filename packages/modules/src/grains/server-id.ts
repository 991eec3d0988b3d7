const mask = 0xffff_ffff_ffff_ffffn;

/**
 * The `server_id` grain of a minion id: Python 3.10's `hash()` of it with hashing unrandomised (SipHash-2-4 with a
 * zero key), modulo 2³¹, so that it stays what Salt gave the machine.
 */
export function serverId(id: string): number {
  const bytes = pythonBytes(id);
  if (bytes.length === 0) return 0;
  const unsigned = sipHash(bytes);
  let signed = BigInt.asIntN(64, unsigned);
  // -1 is how C functions say "error", so Python never gives it.
  if (signed === -1n) signed = -2n;
  const modulus = 2n ** 31n;
  return Number(((signed % modulus) + modulus) % modulus);
}

// Python hashes the text as it holds it: one, two or four bytes for each character, by the widest one.
function pythonBytes(text: string): Uint8Array {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const widest = points.reduce((most, point) => Math.max(most, point), 0);
  const width = widest < 0x100 ? 1 : widest < 0x1_0000 ? 2 : 4;
  return Uint8Array.from(
    points.flatMap((point) => Array.from({ length: width }, (_unused, index) => (point >>> (8 * index)) & 0xff)),
  );
}

type State = [bigint, bigint, bigint, bigint];

function sipHash(bytes: Uint8Array): bigint {
  const state: State = [0x736f_6d65_7073_6575n, 0x646f_7261_6e64_6f6dn, 0x6c79_6765_6e65_7261n, 0x7465_6462_7974_6573n];
  for (let offset = 0; offset + 8 <= bytes.length; offset += 8)
    absorb(state, readWord(bytes.subarray(offset, offset + 8)));
  const tail = bytes.subarray(bytes.length - (bytes.length % 8));
  absorb(state, readWord(tail) | (BigInt(bytes.length & 0xff) << 56n));
  state[2] ^= 0xffn;
  for (let turn = 0; turn < 4; turn += 1) round(state);
  return state[0] ^ state[1] ^ state[2] ^ state[3];
}

function readWord(bytes: Uint8Array): bigint {
  let word = 0n;
  for (const [index, byte] of bytes.entries()) word |= BigInt(byte) << BigInt(8 * index);
  return word;
}

function absorb(state: State, word: bigint): void {
  state[3] ^= word;
  round(state);
  round(state);
  state[0] ^= word;
}

function round(state: State): void {
  let [a, b, c, d] = state;
  a = (a + b) & mask;
  b = rotate(b, 13n) ^ a;
  a = rotate(a, 32n);
  c = (c + d) & mask;
  d = rotate(d, 16n) ^ c;
  a = (a + d) & mask;
  d = rotate(d, 21n) ^ a;
  c = (c + b) & mask;
  b = rotate(b, 17n) ^ c;
  c = rotate(c, 32n);
  [state[0], state[1], state[2], state[3]] = [a, b, c, d];
}

function rotate(word: bigint, bits: bigint): bigint {
  return ((word << bits) | (word >> (64n - bits))) & mask;
}
