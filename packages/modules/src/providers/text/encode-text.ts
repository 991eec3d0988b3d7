import { AppError } from '@brine/common';

/** What becomes of characters an encoding does not have; Python's names. */
export type EncodingErrors = 'strict' | 'replace' | 'ignore' | 'xmlcharrefreplace' | 'backslashreplace';

/** The ways of {@link EncodingErrors} there are. */
export const encodingErrors = ['strict', 'replace', 'ignore', 'xmlcharrefreplace', 'backslashreplace'] as const;

type Encoder = (character: string) => Uint8Array | undefined;

/** Encodes text as a codec of Python does. Throws `text-edit` for an unknown one and, if `strict`, what it cannot write. */
export function encodeText(text: string, encoding: string, errors: EncodingErrors = 'strict'): Uint8Array {
  const name = codecName(encoding);
  const unicode = unicodeEncoders[name];
  if (unicode !== undefined) return unicode(text);
  const encoder = singleByteEncoder(name);
  if (encoder === undefined) throw refuse(`The encoding ${encoding} is not supported`);
  const parts = Array.from(text, (character) => encoder(character) ?? substitute(character, { name, errors, encoder }));
  return Buffer.concat(parts);
}

/** Whether {@link encodeText} knows an encoding. */
export function isEncoding(encoding: string): boolean {
  const name = codecName(encoding);
  return unicodeEncoders[name] !== undefined || singleByteEncoder(name) !== undefined;
}

// Python takes blanks, dashes and underscores of a name for the same.
function codecName(encoding: string): string {
  const name = encoding.toLowerCase().replace(/[\s_]+/g, '-');
  return aliases[name] ?? name;
}

const aliases: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  u8: 'utf-8',
  utf16: 'utf-16',
  utf16le: 'utf-16-le',
  'utf-16le': 'utf-16-le',
  'utf-16be': 'utf-16-be',
  'us-ascii': 'ascii',
  '646': 'ascii',
  latin1: 'latin-1',
  l1: 'latin-1',
  'iso-8859-1': 'latin-1',
  'iso8859-1': 'latin-1',
};

const byteOrderMark = '\uFEFF';

const unicodeEncoders: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'utf-8': (text) => Buffer.from(text, 'utf8'),
  'utf-8-sig': (text) => Buffer.from(byteOrderMark + text, 'utf8'),
  'utf-16': (text) => Buffer.from(byteOrderMark + text, 'utf16le'),
  'utf-16-le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16-be': (text) => Buffer.from(text, 'utf16le').swap16(),
};

function singleByteEncoder(name: string): Encoder | undefined {
  if (name === 'ascii' || name === 'latin-1') {
    const limit = name === 'ascii' ? 0x80 : 0x100;
    return (character) => (code(character) < limit ? Uint8Array.of(code(character)) : undefined);
  }
  const label = singleByteLabel(name);
  if (label === undefined) return undefined;
  const bytes = new Map(Array.from(charactersOf(label), (character, byte) => [character, byte] as const));
  return (character) => {
    const byte = bytes.get(character);
    return byte === undefined ? undefined : Uint8Array.of(byte);
  };
}

// The decoder of Node 20 takes windows-1252 for latin-1.
const westernSigns = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function charactersOf(label: string): string {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  if (label !== 'windows-1252') return bytes.map((byte) => new TextDecoder(label).decode(Uint8Array.of(byte))).join('');
  const latin = String.fromCharCode(...bytes);
  return latin.slice(0, 0x80) + westernSigns + latin.slice(0xa0);
}

function singleByteLabel(name: string): string | undefined {
  const [, page] = /^(?:cp|windows-)(125\d|874)$/.exec(name) ?? [];
  if (page !== undefined) return `windows-${page}`;
  const [, part] = /^iso-?8859-(\d+)$/.exec(name) ?? [];
  if (part !== undefined && parts.has(part)) return `iso-8859-${part}`;
  return name === 'koi8-r' || name === 'koi8-u' ? name : undefined;
}

// Those that web browsers have as well; 9 and 11 are others there.
const parts: ReadonlySet<string> = new Set(['2', '3', '4', '5', '6', '7', '8', '10', '13', '14', '15', '16']);

function substitute(
  character: string,
  { name, errors, encoder }: { readonly name: string; readonly errors: EncodingErrors; readonly encoder: Encoder },
): Uint8Array {
  const point = code(character);
  if (errors === 'ignore') return new Uint8Array();
  if (errors === 'replace') return encoder('?') ?? new Uint8Array();
  if (errors === 'xmlcharrefreplace') return Buffer.from(`&#${point};`);
  if (errors === 'backslashreplace') return Buffer.from(pythonEscape(point));
  throw refuse(`'${name}' codec can't encode character '${pythonEscape(point)}'`);
}

function pythonEscape(point: number): string {
  const hex = point.toString(16);
  if (point < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return point < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function code(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function refuse(message: string): AppError {
  return new AppError({ code: 'text-edit', message });
}
