import { createHash } from 'node:crypto';

const size = 624;
const period = 397;

/** Python's `random.Random(text)`: the Mersenne Twister, so that the same seed gives the same choice as in Salt. */
export class PythonRandom {
  private readonly state = new Uint32Array(size);
  private index = size;

  constructor(seed: string) {
    const bytes = Buffer.from(seed, 'utf8');
    const hashed = Buffer.concat([bytes, createHash('sha512').update(bytes).digest()]);
    this.seedWith(toWords(hashed));
  }

  private seedWith(key: readonly number[]): void {
    const { state } = this;
    this.fill(19_650_218);
    let [i, j] = [1, 0];
    for (let step = Math.max(size, key.length); step > 0; step -= 1) {
      const mixed = Math.imul(this.mixedBefore(i), 1_664_525);
      state[i] = ((state[i] ?? 0) ^ mixed) + (key[j] ?? 0) + j;
      i = this.next(i);
      j = (j + 1) % key.length;
    }
    for (let step = size - 1; step > 0; step -= 1) {
      const mixed = Math.imul(this.mixedBefore(i), 1_566_083_941);
      state[i] = ((state[i] ?? 0) ^ mixed) - i;
      i = this.next(i);
    }
    state[0] = 0x80000000;
  }

  private fill(seed: number): void {
    this.state[0] = seed;
    for (let i = 1; i < size; i += 1) this.state[i] = Math.imul(this.mixedBefore(i), 1_812_433_253) + i;
  }

  private mixedBefore(i: number): number {
    const before = this.state[i - 1] ?? 0;
    return before ^ (before >>> 30);
  }

  private next(i: number): number {
    if (i + 1 < size) return i + 1;
    this.state[0] = this.state[size - 1] ?? 0;
    return 1;
  }

  private regenerate(): void {
    const { state } = this;
    for (let i = 0; i < size; i += 1) {
      const joined = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % size] ?? 0) & 0x7fffffff);
      const twisted = (joined >>> 1) ^ ((joined & 1) === 0 ? 0 : 0x9908b0df);
      state[i] = (state[(i + period) % size] ?? 0) ^ twisted;
    }
    this.index = 0;
  }

  private bits(count: number): number {
    if (this.index >= size) this.regenerate();
    let word = this.state[this.index] ?? 0;
    this.index += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    word ^= word >>> 18;
    return word >>> (32 - count);
  }

  /** An int from 0 up to but without `limit`. */
  below(limit: number): number {
    const count = limit.toString(2).length;
    let value = this.bits(count);
    while (value >= limit) value = this.bits(count);
    return value;
  }
}

/** The number that bytes are, lowest 32 bits first. */
function toWords(bytes: Buffer): number[] {
  const words: number[] = [];
  for (let end = bytes.length; end > 0; end -= 4) {
    words.push(bytes.subarray(Math.max(0, end - 4), end).reduce((word, byte) => word * 256 + byte, 0));
  }
  while (words.length > 1 && words.at(-1) === 0) words.pop();
  return words;
}
