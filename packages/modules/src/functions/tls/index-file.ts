import type { Host, ReadHost } from '../../kit/host.ts';
import { readTime } from '../../providers/x509/der.ts';
import { readCertificates, type Certificate } from '../../providers/x509/certificates.ts';
import { failure } from '../failure.ts';
import { readText, writeText } from '../text-file.ts';
import { opensslName } from './openssl-name.ts';

const shortTimeTag = 0x17;

/** A certificate that was revoked, as the index has it. */
export interface RevokedRow {
  readonly serial: bigint;
  readonly date: Date;
}

/** The first certificate of a text in PEM. */
export function firstCertificate(content: Uint8Array | string): Certificate {
  const [first] = readCertificates(Buffer.from(content));
  if (first === undefined) throw failure('There is no certificate');
  return first;
}

/** Notes a certificate in the index of its authority (`index.txt` of `openssl ca`). */
export async function recordIssued(host: Host, path: string, certificate: string): Promise<void> {
  const row = `V\t${shortTime(firstCertificate(certificate).notAfter)}\t\t${rowOf(firstCertificate(certificate))}\n`;
  await writeText(host, path, `${(await readText(host, path)) ?? ''}${row}`);
}

function rowOf({ serial, subject }: Certificate): string {
  const name = opensslName(subject)
    .map(([part, value]) => `/${part}=${value.replace(/[\t\n\r]/g, ' ')}`)
    .join('');
  return `${hexSerial(serial)}\tunknown\t${name}`;
}

/** A serial number as the index has it. */
export function hexSerial(serial: bigint): string {
  return serial.toString(16).toUpperCase();
}

function shortTime(moment: Date): string {
  return `${moment
    .toISOString()
    .replace(/[-:T]|\.\d+/g, '')
    .slice(2)}`;
}

/** Notes that a certificate is revoked; answers false when that is noted already. */
export async function recordRevoked(host: Host, path: string, certificate: Certificate, now: Date): Promise<boolean> {
  const lines = ((await readText(host, path)) ?? '').split('\n').filter((line) => line !== '');
  const serial = hexSerial(certificate.serial);
  const at = lines.findIndex((line) => line.split('\t')[3] === serial);
  if (lines[at]?.startsWith('R\t') === true) return false;
  const row = `R\t${shortTime(certificate.notAfter)}\t${shortTime(now)}\t${rowOf(certificate)}`;
  const all = at < 0 ? [...lines, row] : lines.with(at, row);
  await writeText(host, path, `${all.join('\n')}\n`);
  return true;
}

/** What the index has as revoked. */
export async function readRevoked(host: ReadHost, path: string): Promise<readonly RevokedRow[]> {
  const lines = ((await readText(host, path)) ?? '').split('\n');
  return lines.flatMap((line) => {
    const [status, , date = '', serial = ''] = line.split('\t');
    if (status !== 'R' || !/^[0-9A-Fa-f]+$/.test(serial)) return [];
    if (!/^\d{12}Z$/.test(date)) return [];
    const content = Buffer.from(date);
    return [{ serial: BigInt(`0x${serial}`), date: readTime({ tag: shortTimeTag, content, whole: content }) }];
  });
}
