/** Puts the fields of a frame one behind the other. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  u8(value: number): this {
    return this.bytes(Uint8Array.of(value));
  }

  u16(value: number): this {
    return this.#number(2, (view) => view.setUint16(0, value));
  }

  u32(value: number): this {
    return this.#number(4, (view) => view.setUint32(0, value));
  }

  u64(value: bigint): this {
    return this.#number(8, (view) => view.setBigUint64(0, value));
  }

  bytes(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }

  /** At most 255 bytes of UTF-8; grammars and limits are checked before. */
  text8(text: string): this {
    const bytes = Buffer.from(text, 'utf8');
    return this.u8(bytes.length).bytes(bytes);
  }

  bytes16(bytes: Uint8Array): this {
    return this.u16(bytes.length).bytes(bytes);
  }

  bytes32(bytes: Uint8Array): this {
    return this.u32(bytes.length).bytes(bytes);
  }

  toBytes(): Uint8Array {
    const length = this.#parts.reduce((sum, part) => sum + part.length, 0);
    const all = new Uint8Array(length);
    let offset = 0;
    for (const part of this.#parts) {
      all.set(part, offset);
      offset += part.length;
    }
    return all;
  }

  #number(length: number, write: (view: DataView) => void): this {
    const bytes = new Uint8Array(length);
    write(new DataView(bytes.buffer));
    return this.bytes(bytes);
  }
}
