import { createHash, createPrivateKey, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { AppError } from '@brine/common';
import {
  childAt,
  childrenOf,
  der,
  derInteger,
  inner,
  octets,
  oid,
  primitive,
  readDer,
  readOid,
  sequence,
  setOf,
  type DerNode,
} from './der.ts';
import {
  decryptWithPassword,
  encryptWithPassword,
  macOf,
  saltAndRounds,
  wrongPassword,
  type Protection,
} from './pkcs12-encryption.ts';

const plainContent = '1.2.840.113549.1.7.1';
const encryptedContent = '1.2.840.113549.1.7.6';
const keyBag = '1.2.840.113549.1.12.10.1.1';
const shroudedKeyBag = '1.2.840.113549.1.12.10.1.2';
const certificateBag = '1.2.840.113549.1.12.10.1.3';
const x509Certificate = '1.2.840.113549.1.9.22.1';
const friendlyNameOid = '1.2.840.113549.1.9.20';
const localKeyOid = '1.2.840.113549.1.9.21';
const macHashes: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** What a PKCS#12 file (RFC 7292) holds. */
export interface KeyStore {
  readonly key: KeyObject | undefined;
  /** The certificates in DER, that of the key first. */
  readonly certificates: readonly Buffer[];
  /** The name that certificate, or else the key, goes by. */
  readonly friendlyName?: string | undefined;
}

/** How a file is to be encrypted; nothing is without a passphrase. */
export interface KeyStoreOptions {
  readonly passphrase: string | undefined;
  readonly protection: Protection;
}

/** Writes a PKCS#12 file, in DER. */
export function encodeKeyStore(store: KeyStore, { passphrase, protection }: KeyStoreOptions): Buffer {
  const [first] = store.certificates;
  const id = first === undefined ? undefined : createHash('sha1').update(first).digest();
  const attributes = [
    ...(store.friendlyName === undefined ? [] : [attribute(friendlyNameOid, bmp(store.friendlyName))]),
    ...(id === undefined ? [] : [attribute(localKeyOid, octets(id))]),
  ];
  const bags = store.certificates.map((each, index) =>
    bag(certificateBag, sequence(oid(x509Certificate), inner(0, octets(each))), index === 0 ? attributes : []),
  );
  const contents = [
    ...(bags.length === 0 ? [] : [protectedContent(sequence(...bags), passphrase, protection)]),
    ...(store.key === undefined ? [] : [plain(sequence(keyBagOf(store.key, { passphrase, protection }, attributes)))]),
  ];
  const safe = sequence(...contents);
  return sequence(derInteger(3), plain(safe), macData(safe, passphrase ?? '', protection));
}

function attribute(type: string, value: Buffer): Buffer {
  return sequence(oid(type), setOf(value));
}

function bmp(text: string): Buffer {
  return der(0x1e, Buffer.from(text, 'utf16le').swap16());
}

function bag(type: string, value: Buffer, attributes: readonly Buffer[]): Buffer {
  return sequence(oid(type), inner(0, value), ...(attributes.length === 0 ? [] : [setOf(...attributes)]));
}

function plain(content: Buffer): Buffer {
  return sequence(oid(plainContent), inner(0, octets(content)));
}

function protectedContent(content: Buffer, passphrase: string | undefined, protection: Protection): Buffer {
  if (passphrase === undefined) return plain(content);
  const { algorithm, encrypted } = encryptWithPassword(content, passphrase, protection);
  const info = sequence(oid(plainContent), algorithm, primitive(0, encrypted));
  return sequence(oid(encryptedContent), inner(0, sequence(derInteger(0), info)));
}

function keyBagOf(key: KeyObject, { passphrase, protection }: KeyStoreOptions, attributes: readonly Buffer[]): Buffer {
  const content = key.export({ type: 'pkcs8', format: 'der' });
  if (passphrase === undefined) return bag(keyBag, content, attributes);
  const { algorithm, encrypted } = encryptWithPassword(content, passphrase, protection);
  return bag(shroudedKeyBag, sequence(algorithm, octets(encrypted)), attributes);
}

function macData(content: Buffer, password: string, protection: Protection): Buffer {
  const [dotted, hash] =
    protection === 'modern' ? ['2.16.840.1.101.3.4.2.1', 'sha256'] : (['1.3.14.3.2.26', 'sha1'] as const);
  const derivation = { hash, password, salt: randomBytes(8), iterations: 2048 };
  const digest = sequence(sequence(oid(dotted), der(0x05)), octets(macOf(content, derivation)));
  return sequence(digest, octets(derivation.salt), derInteger(derivation.iterations));
}

/** Whether bytes look like a PKCS#12 file: a sequence that begins with the version 3. */
export function isKeyStore(bytes: Buffer): boolean {
  try {
    const [version, content] = childrenOf(readDer(bytes));
    return version?.tag === 0x02 && version.content.equals(Buffer.from([3])) && content?.tag === 0x30;
  } catch {
    return false;
  }
}

/** Reads a PKCS#12 file. Throws `state-failed` for a wrong passphrase and for what is none. */
export function readKeyStore(bytes: Buffer, passphrase: string | undefined): KeyStore {
  const [, content, mac] = childrenOf(readDer(bytes));
  if (content === undefined) throw refuse('Could not load PKCS12-encoded data');
  const safe = childAt(childAt(content, 1), 0).content;
  const password = passphrase ?? '';
  if (mac !== undefined) checkMac(mac, safe, password);
  const items = childrenOf(readDer(safe)).flatMap((each) => itemsOf(each, password));
  const key = items.find((item) => item.key !== undefined);
  const certificates = items.filter((item) => item.certificate !== undefined);
  const main =
    certificates.find(({ localKey }) => localKey !== undefined && localKey === key?.localKey) ?? certificates[0];
  const ordered = main === undefined ? [] : [main, ...certificates.filter((item) => item !== main)];
  return {
    key: key?.key,
    certificates: ordered.flatMap(({ certificate }) => certificate ?? []),
    friendlyName: main === undefined ? key?.friendlyName : main.friendlyName,
  };
}

function refuse(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}

function checkMac(mac: DerNode, content: Buffer, password: string): void {
  const [info, salt, iterations] = childrenOf(mac);
  if (info === undefined || salt === undefined) throw refuse('Could not load PKCS12-encoded data');
  const hash = macHashes.get(readOid(childAt(childAt(info, 0), 0).content));
  if (hash === undefined) throw refuse('The PKCS#12 file has a digest that is not supported');
  const derived =
    iterations === undefined ? { salt: salt.content, iterations: 1 } : saltAndRounds(rest(salt, iterations));
  const wanted = childAt(info, 1).content;
  const found = macOf(content, { hash, password, ...derived });
  if (found.length !== wanted.length || !timingSafeEqual(found, wanted)) throw wrongPassword();
}

function rest(...parts: readonly DerNode[]): DerNode {
  return readDer(sequence(...parts.map(({ whole }) => whole)));
}

interface Item {
  readonly key?: KeyObject;
  readonly certificate?: Buffer;
  readonly friendlyName: string | undefined;
  readonly localKey: string | undefined;
}

function itemsOf(content: DerNode, password: string): readonly Item[] {
  const [type, value] = childrenOf(content);
  if (type === undefined || value === undefined) return [];
  return childrenOf(readDer(bytesOf(readOid(type.content), value, password))).flatMap((each) => toItem(each, password));
}

function bytesOf(type: string, value: DerNode, password: string): Buffer {
  if (type === plainContent) return childAt(value, 0).content;
  if (type !== encryptedContent) throw refuse('The PKCS#12 file is encrypted for a key, which is not supported');
  const info = childAt(childAt(value, 0), 1);
  const encrypted = childAt(info, 2);
  // It may come in pieces.
  const isWhole = (encrypted.tag & 0x20) === 0;
  const pieces = isWhole ? [encrypted.content] : childrenOf(encrypted).map((piece) => piece.content);
  return decryptWithPassword(childAt(info, 1), Buffer.concat(pieces), password);
}

function toItem(each: DerNode, password: string): readonly Item[] {
  const [type, value, attributes] = childrenOf(each);
  if (type === undefined || value === undefined) return [];
  const kind = readOid(type.content);
  const named = describeAttributes(attributes);
  const content = childAt(value, 0);
  if (kind === certificateBag) return [{ ...named, certificate: childAt(childAt(content, 1), 0).content }];
  if (kind === keyBag) return [{ ...named, key: toKey(content.whole) }];
  if (kind !== shroudedKeyBag) return [];
  return [{ ...named, key: toKey(decryptWithPassword(childAt(content, 0), childAt(content, 1).content, password)) }];
}

function toKey(bytes: Buffer): KeyObject {
  return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
}

function describeAttributes(attributes: DerNode | undefined): Pick<Item, 'friendlyName' | 'localKey'> {
  const find = (dotted: string): Buffer | undefined => {
    const found = (attributes === undefined ? [] : childrenOf(attributes)).find(
      (each) => readOid(childAt(each, 0).content) === dotted,
    );
    return found === undefined ? undefined : childrenOf(childAt(found, 1))[0]?.content;
  };
  const name = find(friendlyNameOid);
  return {
    friendlyName: name === undefined ? undefined : Buffer.from(name).swap16().toString('utf16le'),
    localKey: find(localKeyOid)?.toString('hex'),
  };
}
