import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { AppError, isDict, pythonStr, type Value } from '@brine/common';
import { oidBytes } from './der.ts';
import { toGeneralName } from './names.ts';

const encoders = { ip: addressBytes, rid: oidBytes, text: asciiBytes };

/** General names given as `DNS:a, IP:1.2.3.4`, as a list of such, or as a list of dicts. */
export function toGeneralNames(value: Value): readonly Buffer[] {
  const items = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
  return items.flatMap((item): readonly Buffer[] => {
    if (isDict(item)) return [...item].map(([kind, each]) => toGeneralName(pythonStr(kind), each, encoders));
    const text = pythonStr(item).trim();
    if (text === 'critical' || text === '') return [];
    const at = text.indexOf(':');
    return [toGeneralName(at < 0 ? text : text.slice(0, at), at < 0 ? '' : text.slice(at + 1), encoders)];
  });
}

function asciiBytes(text: string): Buffer {
  if (/^[\x20-\x7e]*$/.test(text)) return Buffer.from(text, 'latin1');
  const encoded = text.split(/([./@:])/).map((label) => (/^[\x20-\x7e]*$/.test(label) ? label : domainToASCII(label)));
  return Buffer.from(encoded.join(''), 'latin1');
}

/** An address, or a network with as many bits of a mask as addresses have. */
function addressBytes(text: string): Buffer {
  const [address = '', prefix] = text.split('/');
  const version = isIP(address);
  if (version === 0)
    throw new AppError({
      code: 'state-failed',
      message: `Provided value ${text} does not seem to be an IP address or network range.`,
    });
  const bytes = version === 4 ? Buffer.from(address.split('.').map(Number)) : longAddress(address);
  if (prefix === undefined) return bytes;
  return Buffer.concat([bytes, maskBytes(prefix, bytes.length)]);
}

/** A mask as a number of bits or as an address. */
function maskBytes(text: string, size: number): Buffer {
  if (isIP(text) === (size === 4 ? 4 : 6)) return addressBytes(text);
  const length = Number(text);
  if (!/^\d+$/.test(text) || length > size * 8)
    throw new AppError({ code: 'state-failed', message: `/${text} is no mask of a network` });
  return Buffer.from(
    Array.from({ length: size }, (_, at) => 0xff & ~(0xff >> Math.min(8, Math.max(0, length - at * 8)))),
  );
}

function longAddress(text: string): Buffer {
  const short = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...part: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = part.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = '', tail] = short.split('::');
  const words = (side: string): string[] => side.split(':').filter((word) => word !== '');
  const [first, last] = [words(head), words(tail ?? '')];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const all = tail === undefined ? first : [...first, ...zeros, ...last];
  return Buffer.from(all.map((word) => word.padStart(4, '0')).join(''), 'hex');
}

/** The members of an OpenSSL text such as `critical, CA:true, pathlen:1`. */
export function readConfiguration(text: string): {
  readonly critical: boolean;
  readonly members: ReadonlyMap<string, string>;
} {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const members = items
    .filter((item) => item !== 'critical')
    .map((item): [string, string] => {
      const at = item.indexOf(':');
      return at < 0 ? [item, '__present__'] : [item.slice(0, at).trim(), item.slice(at + 1).trim()];
    });
  return { critical: items.includes('critical'), members: new Map(members) };
}
