/** A file of an archive. */
export interface TarFile {
  readonly name: string;
  readonly text: string;
}

const block = 512;
/** Archives are whole records of twenty blocks. */
const record = 20 * block;

/** A tar archive (ustar) of small text files: mode 644, owner 0, time 0. */
export function writeTar(files: readonly TarFile[]): Buffer {
  const parts = files.flatMap(({ name, text }) => {
    const content = Buffer.from(text);
    return [header(name, content.length), content, Buffer.alloc(padding(content.length, block))];
  });
  const body = Buffer.concat([...parts, Buffer.alloc(2 * block)]);
  return Buffer.concat([body, Buffer.alloc(padding(body.length, record))]);
}

function padding(length: number, unit: number): number {
  return (unit - (length % unit)) % unit;
}

function header(name: string, size: number): Buffer {
  const bytes = Buffer.alloc(block);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  bytes.write(name, 0, 100);
  bytes.write(octal(0o644, 8), 100);
  bytes.write(octal(0, 8), 108);
  bytes.write(octal(0, 8), 116);
  bytes.write(octal(size, 12), 124);
  bytes.write(octal(0, 12), 136);
  bytes.write(' '.repeat(8), 148);
  bytes.write('0', 156);
  bytes.write('ustar\x0000', 257);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}
