import { X509Certificate } from 'node:crypto';
import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { payload, type BeaconContext, type BeaconDeclaration } from './beacon.ts';
import { readCertificateText } from './certificate-text.ts';

const standardDays = 45;
const day = 24 * 60 * 60 * 1000;

/** `cert_info` */
export const certInfo: BeaconDeclaration = {
  name: 'cert_info',
  summary: 'Tells of certificate files (PEM) that expire within `notify_days` (45); `-1` tells of all.',
  example: `cert_info:
  - files:
      - /etc/pki/tls/certs/mycert.pem
      - /etc/pki/tls/certs/yourcert.pem:
          notify_days: 15
  - notify_days: 45
  - interval: 86400`,
  validate: (config) =>
    config.has('files') ? undefined : 'Configuration for cert_info beacon must contain files option.',
  create: (context) => ({
    async look(config) {
      const files = config.get('files');
      const standard = Number(config.get('notify_days') ?? standardDays);
      const told: Value[] = [];
      for (const item of Array.isArray(files) ? files : []) {
        const { file, days } = readItem(item, standard);
        const certificate = await readCertificate(context, file);
        if (certificate === undefined) continue;
        const left = Math.floor((Date.parse(certificate.validTo) - context.now()) / day);
        if (days < 0 || left <= days) told.push(await describe(context, file, certificate));
      }
      return told.length === 0 ? [] : [payload(['certificates', told])];
    },
  }),
};

function readItem(item: Value, standard: number): { readonly file: string; readonly days: number } {
  if (!isDict(item)) return { file: pythonStr(item), days: standard };
  const [file, settings] = [...item][0] ?? ['', null];
  const days = isDict(settings) ? settings.get('notify_days') : undefined;
  return { file: pythonStr(file), days: days === undefined ? standard : Number(days) };
}

async function readCertificate({ host, log }: BeaconContext, file: string): Promise<X509Certificate | undefined> {
  try {
    const bytes = await host.files.read(file);
    if (bytes === undefined) throw new Error('there is no such file');
    return new X509Certificate(bytes);
  } catch (error) {
    log.error('certificate cannot be read', { file, error });
    return undefined;
  }
}

async function describe({ host, now }: BeaconContext, file: string, certificate: X509Certificate): Promise<Dict> {
  const [issuer, subject] = [namesOf(certificate.issuer), namesOf(certificate.subject)];
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  const text = await readCertificateText(host, file);
  return payload(
    ['cert_path', file],
    ['issuer', joined(issuer)],
    ['issuer_dict', new Map(issuer)],
    ['notAfter_raw', compact(to)],
    ['notAfter', spaced(to)],
    ['notBefore_raw', compact(from)],
    ['notBefore', spaced(from)],
    ['serial_number', toSerial(certificate.serialNumber)],
    ['signature_algorithm', text.signatureAlgorithm],
    ['subject', joined(subject)],
    ['subject_dict', new Map(subject)],
    ['version', text.version],
    ['extensions', [...text.extensions]],
    ['has_expired', to < now()],
  );
}

function toSerial(hex: string): number | bigint | string {
  const serial = BigInt(`0x${hex}`);
  if (serial <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(serial);
  // Larger numbers do not fit into Salt's events, which tell them as text.
  return serial < 2n ** 64n ? serial : String(serial);
}

function namesOf(name: string | undefined): readonly (readonly [string, string])[] {
  return (name ?? '').split('\n').flatMap((line) => {
    const split = line.indexOf('=');
    return split < 1 ? [] : [[line.slice(0, split), line.slice(split + 1)] as const];
  });
}

function joined(names: readonly (readonly [string, string])[]): string {
  return names.map(([key, value]) => `${key}="${value}"`).join(',');
}

function spaced(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

function compact(at: number): string {
  return spaced(at).replaceAll(/[-: ]/g, '');
}
