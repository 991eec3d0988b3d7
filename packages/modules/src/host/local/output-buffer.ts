/** Keeps the head and the tail of a stream, together at most `limit` bytes; what was between them is counted. */
export class OutputBuffer {
  readonly #half: number;
  #head: Buffer[] = [];
  #tail: Buffer[] = [];
  #headSize = 0;
  #tailSize = 0;
  #dropped = 0;

  constructor(limit: number) {
    this.#half = Math.max(1, Math.floor(limit / 2));
  }

  add(chunk: Buffer): void {
    const room = Math.max(0, this.#half - this.#headSize);
    const head = chunk.subarray(0, room);
    if (head.length > 0) this.#head.push(head);
    this.#headSize += head.length;
    const rest = chunk.subarray(head.length);
    if (rest.length > 0) this.#addTail(rest);
  }

  #addTail(chunk: Buffer): void {
    this.#tail.push(chunk);
    this.#tailSize += chunk.length;
    let first = this.#tail[0];
    while (first !== undefined && this.#tailSize > this.#half) {
      const excess = Math.min(this.#tailSize - this.#half, first.length);
      this.#tailSize -= excess;
      this.#dropped += excess;
      if (excess === first.length) this.#tail.shift();
      else this.#tail[0] = first.subarray(excess);
      first = this.#tail[0];
    }
  }

  /** The text, in an encoding that `TextDecoder` knows. */
  toText(encoding = 'utf-8'): string {
    const gap = this.#dropped === 0 ? [] : [Buffer.from(`\n[… ${this.#dropped} bytes left out …]\n`)];
    const bytes = Buffer.concat([...this.#head, ...gap, ...this.#tail]);
    return encoding === 'utf-8' ? bytes.toString('utf8') : new TextDecoder(encoding).decode(bytes);
  }
}
