import { createHash } from 'node:crypto';

const size = 624;
const middle = 397;

/**
 * Python's `random.Random`: MT19937, seeded by an integer or a text as Python 3 seeds it, so that what Salt draws
 * from a minion's id (a minute for cron, say) stays what it was.
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(size);
  #index = size;

  constructor(seed: bigint | string) {
    this.#seedByWords(toWords(typeof seed === 'string' ? textSeed(seed) : seed < 0n ? -seed : seed));
  }

  /** A whole number of so many random bits. */
  bits(count: number): bigint {
    let number = 0n;
    for (let shift = 0; shift < count; shift += 32) {
      const taken = Math.min(32, count - shift);
      number |= BigInt(this.#next() >>> (32 - taken)) << BigInt(shift);
    }
    return number;
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: bigint): bigint {
    const count = limit.toString(2).length;
    for (;;) {
      const number = this.bits(count);
      if (number < limit) return number;
    }
  }

  /** A whole number from `start` to `end`, both included. */
  between(start: bigint, end: bigint): bigint {
    return start + this.below(end - start + 1n);
  }

  /** Some of the items, none twice, in random order. */
  sample<T>(items: readonly T[], count: number): T[] {
    const setSize = 21 + (count > 5 ? 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 0);
    return items.length <= setSize ? this.#samplePool([...items], count) : this.#sampleSparse(items, count);
  }

  #samplePool<T>(pool: T[], count: number): T[] {
    const chosen: T[] = [];
    for (let index = 0; index < count; index += 1) {
      const last = pool.length - index - 1;
      const drawn = Number(this.below(BigInt(last + 1)));
      chosen.push(pool[drawn] as T);
      pool[drawn] = pool[last] as T;
    }
    return chosen;
  }

  #sampleSparse<T>(items: readonly T[], count: number): T[] {
    const drawn = new Set<number>();
    while (drawn.size < count) {
      drawn.add(Number(this.below(BigInt(items.length))));
    }
    return Array.from(drawn, (index) => items[index] as T);
  }

  #seedByNumber(seed: number): void {
    this.#state[0] = seed;
    for (let index = 1; index < size; index += 1) {
      const previous = this.#at(index - 1);
      this.#state[index] = Math.imul(1_812_433_253, previous ^ (previous >>> 30)) + index;
    }
  }

  #seedByWords(words: readonly number[]): void {
    this.#seedByNumber(19_650_218);
    let [index, word] = [1, 0];
    const advance = (): void => {
      index += 1;
      if (index < size) return;
      this.#state[0] = this.#at(size - 1);
      index = 1;
    };
    const mixed = (factor: number): number => {
      const previous = this.#at(index - 1);
      return this.#at(index) ^ Math.imul(previous ^ (previous >>> 30), factor);
    };
    for (let turn = Math.max(size, words.length); turn > 0; turn -= 1) {
      this.#state[index] = mixed(1_664_525) + (words[word] ?? 0) + word;
      word = (word + 1) % words.length;
      advance();
    }
    for (let turn = size - 1; turn > 0; turn -= 1) {
      this.#state[index] = mixed(1_566_083_941) - index;
      advance();
    }
    this.#state[0] = 0x8000_0000;
  }

  #next(): number {
    if (this.#index >= size) this.#refill();
    let word = this.#at(this.#index);
    this.#index += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c_5680;
    word ^= (word << 15) & 0xefc6_0000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #refill(): void {
    for (let index = 0; index < size; index += 1) {
      const joined = (this.#at(index) & 0x8000_0000) | (this.#at((index + 1) % size) & 0x7fff_ffff);
      const twist = joined & 1 ? 0x9908_b0df : 0;
      this.#state[index] = this.#at((index + middle) % size) ^ (joined >>> 1) ^ twist;
    }
    this.#index = 0;
  }

  #at(index: number): number {
    return this.#state[index] ?? 0;
  }
}

function toWords(seed: bigint): readonly number[] {
  const words: number[] = [];
  for (let rest = seed; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffff_ffffn));
  return words.length === 0 ? [0] : words;
}

// Python joins a text with its SHA-512 and reads the whole as one big-endian number.
function textSeed(text: string): bigint {
  const bytes = Buffer.from(text);
  const digest = createHash('sha512').update(bytes).digest();
  return BigInt(`0x${Buffer.concat([bytes, digest]).toString('hex')}`);
}
