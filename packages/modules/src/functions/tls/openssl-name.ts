import type { DerNode } from '../../providers/x509/der.ts';
import { readName } from '../../providers/x509/names.ts';

const words: ReadonlyMap<string, string> = new Map([
  ['2.5.4.6', 'C'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.7', 'L'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.12', 'title'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
]);

/** The parts of a name with the words that OpenSSL has for them, in order. */
export function opensslName(name: DerNode): readonly (readonly [string, string])[] {
  return readName(name)
    .flat()
    .map(([dotted, value]) => [words.get(dotted) ?? dotted, value] as const);
}
