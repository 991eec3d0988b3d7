import { AppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { childAt, childrenOf, der, ia5, oid, printable, readOid, sequence, setOf, utf8, type DerNode } from './der.ts';

/** The parts of a distinguished name by Salt's short names, in the order a name from a dict has them. */
export const nameAttributes: ReadonlyMap<string, { readonly oid: string; readonly aliases: readonly string[] }> =
  new Map([
    ['C', { oid: '2.5.4.6', aliases: [] }],
    ['ST', { oid: '2.5.4.8', aliases: ['stateOrProvinceName'] }],
    ['L', { oid: '2.5.4.7', aliases: ['localityName'] }],
    ['STREET', { oid: '2.5.4.9', aliases: [] }],
    ['O', { oid: '2.5.4.10', aliases: ['organizationName'] }],
    ['OU', { oid: '2.5.4.11', aliases: ['organizationUnitName'] }],
    ['CN', { oid: '2.5.4.3', aliases: ['commonName'] }],
    ['MAIL', { oid: '1.2.840.113549.1.9.1', aliases: ['Email', 'emailAddress'] }],
    ['SN', { oid: '2.5.4.4', aliases: ['surname'] }],
    ['GN', { oid: '2.5.4.42', aliases: ['givenName'] }],
    ['UID', { oid: '0.9.2342.19200300.100.1.1', aliases: [] }],
    ['SERIALNUMBER', { oid: '2.5.4.5', aliases: ['serialNumber'] }],
  ]);

const domainComponent = '0.9.2342.19200300.100.1.25';
const printableOids = new Set(['2.5.4.6', '2.5.4.5', '2.5.4.46']);
const ia5Oids = new Set(['1.2.840.113549.1.9.1', domainComponent]);
// The names that RFC 4514 knows; others are written as their object identifiers.
const shortNames: ReadonlyMap<string, string> = new Map([
  ...['CN', 'L', 'ST', 'O', 'OU', 'C', 'STREET', 'UID'].map(
    (short) => [nameAttributes.get(short)?.oid ?? '', short] as const,
  ),
  [domainComponent, 'DC'],
]);
const oidsByName = new Map([...shortNames].map(([dotted, short]) => [short, dotted]));

function attribute(dotted: string, text: string): Buffer {
  const value = printableOids.has(dotted) ? printable(text) : ia5Oids.has(dotted) ? ia5(text) : utf8(text);
  return sequence(oid(dotted), value);
}

/** A distinguished name: a dict of parts, a list of `CN=x`, or a text of RFC 4514. Throws `state-failed`. */
export function toName(subject: Value): Buffer {
  if (typeof subject === 'string') return sequence(...splitUnescaped(subject, ',').toReversed().map(toRelativeName));
  if (Array.isArray(subject)) return sequence(...subject.map((part) => toRelativeName(pythonStr(part))));
  if (isDict(subject)) return nameFromParts(subject);
  throw new AppError({
    code: 'state-failed',
    message: 'Need string, list or dict to parse distinguished names',
  });
}

function nameFromParts(parts: Dict): Buffer {
  const rows = [...nameAttributes].flatMap(([short, { oid: dotted, aliases }]) => {
    const value = [short, ...aliases].map((key) => parts.get(key)).find((each) => each !== undefined && each !== null);
    return value === undefined || value === null ? [] : [setOf(attribute(dotted, pythonStr(value)))];
  });
  return sequence(...rows);
}

/** `CN=x`, or several of them with `+` between. */
export function toRelativeName(text: string): Buffer {
  const parts = splitUnescaped(text, '+').map((part) => {
    const [, key = '', value = ''] = /^\s*([\w.]+)\s*=\s*([\s\S]*?)\s*$/.exec(part) ?? [];
    const dotted = oidsByName.get(key.toUpperCase()) ?? nameAttributes.get(key.toUpperCase())?.oid ?? key;
    if (!/^\d+(\.\d+)+$/.test(dotted))
      throw new AppError({ code: 'state-failed', message: 'Failed parsing rfc4514 dirName string' });
    return attribute(dotted, unescapeValue(value));
  });
  return setOf(...parts);
}

function splitUnescaped(text: string, separator: string): readonly string[] {
  const parts = [''];
  for (const [token] of text.matchAll(/\\?[\s\S]/g)) {
    if (token === separator) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts.filter((part) => part !== '');
}

function unescapeValue(value: string): string {
  const bytes = value.replace(/(?:\\[0-9a-fA-F]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
  return bytes.replace(/\\(.)/g, '$1');
}

/** The parts of a name as read: object identifier and text. */
export function readName(name: DerNode): readonly (readonly (readonly [string, string])[])[] {
  return childrenOf(name).map((relative) =>
    childrenOf(relative).map((part) => [readOid(childAt(part, 0).content), readText(childAt(part, 1))] as const),
  );
}

function readText({ tag, content }: DerNode): string {
  return tag === 0x1e
    ? Buffer.from(content).swap16().toString('utf16le')
    : content.toString(tag === 0x0c ? 'utf8' : 'latin1');
}

/** A name as RFC 4514 writes it, its last part first. */
export function nameText(name: DerNode): string {
  return childrenOf(name).map(relativeNameText).toReversed().join(',');
}

/** One part of a name as RFC 4514 writes it. */
export function relativeNameText(relative: DerNode): string {
  const parts = childrenOf(relative).map((part) => {
    const dotted = readOid(childAt(part, 0).content);
    return `${shortNames.get(dotted) ?? dotted}=${escapeValue(readText(childAt(part, 1)))}`;
  });
  return parts.join('+');
}

function escapeValue(text: string): string {
  return text
    .replace(/[\\",+;<>]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replace(/^[# ]/, '\\$&')
    .replace(/ $/, '\\ ');
}

/** Kinds of general names by their words, lower case. */
const generalTags: ReadonlyMap<string, number> = new Map([
  ['email', 1],
  ['dns', 2],
  ['dirname', 4],
  ['uri', 6],
  ['ip', 7],
  ['rid', 8],
]);

/** One general name: its kind and its value. Throws `state-failed` for a kind that is none. */
export function toGeneralName(kind: string, value: Value, encode: GeneralNameEncoders): Buffer {
  const word = kind.trim().toLowerCase();
  const tag = generalTags.get(word);
  if (tag === undefined) throw new AppError({ code: 'state-failed', message: `GeneralName type ${word} is invalid` });
  if (word === 'dirname') return der(0xa0 | tag, toName(value));
  const text = pythonStr(value).trim();
  return der(0x80 | tag, word === 'ip' ? encode.ip(text) : word === 'rid' ? encode.rid(text) : encode.text(text));
}

/** How the values of general names become bytes. */
export interface GeneralNameEncoders {
  readonly ip: (text: string) => Buffer;
  readonly rid: (text: string) => Buffer;
  readonly text: (text: string) => Buffer;
}
