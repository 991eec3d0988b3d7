const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads fields from the front of a frame. A read beyond the end gives zeros or nothing and marks the reader as
 * failed, so a decoder reads all its fields first and asks {@link isComplete} once.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;
  #failed = false;

  constructor(bytes: Uint8Array) {
    // A plain view even of a Buffer, whose slices would share memory where those of a Uint8Array do not.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    const at = this.#take(1);
    return at === undefined ? 0 : this.#view.getUint8(at);
  }

  u16(): number {
    const at = this.#take(2);
    return at === undefined ? 0 : this.#view.getUint16(at);
  }

  u32(): number {
    const at = this.#take(4);
    return at === undefined ? 0 : this.#view.getUint32(at);
  }

  u64(): bigint {
    const at = this.#take(8);
    return at === undefined ? 0n : this.#view.getBigUint64(at);
  }

  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return at === undefined ? new Uint8Array() : this.#bytes.subarray(at, at + length);
  }

  text8(): string {
    const bytes = this.bytes(this.u8());
    try {
      return utf8.decode(bytes);
    } catch {
      this.#failed = true;
      return '';
    }
  }

  bytes16(): Uint8Array {
    return this.bytes(this.u16());
  }

  bytes32(): Uint8Array {
    return this.bytes(this.u32());
  }

  /** All that is left, as a view. */
  rest(): Uint8Array {
    return this.bytes(this.#bytes.length - this.#offset);
  }

  /** Where the next field begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Whether every read so far stayed inside and nothing is left over. */
  isComplete(): boolean {
    return !this.#failed && this.#offset === this.#bytes.length;
  }

  #take(length: number): number | undefined {
    const at = this.#offset;
    if (this.#failed || at + length > this.#bytes.length) {
      this.#failed = true;
      return undefined;
    }
    this.#offset = at + length;
    return at;
  }
}
