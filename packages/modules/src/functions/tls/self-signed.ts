import type { Dict } from '@brine/common';
import { z } from 'zod';
import { flag, integer, lineText, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { loadCertificate } from '../../providers/x509/certificates.ts';
import { createKey, encodeKey, wrapPem } from '../../providers/x509/keys.ts';
import { issuePlanned, planCertificate } from '../../providers/x509/plan-certificate.ts';
import { failure } from '../failure.ts';
import { formatTime } from '../format-time.ts';
import { safeName } from '../safe-name.ts';
import { readText, writeText } from '../text-file.ts';
import { recordIssued } from './index-file.ts';
import {
  basePath,
  caFilename,
  caName,
  cacertPath,
  certFilename,
  digest,
  ensureFolder,
  placesOf,
  subject,
  tlsDir,
} from './place.ts';
import { subjectParts, type SubjectWish } from './subject.ts';

export const certBasePath = defineFunction({
  name: 'tls.cert_base_path',
  summary: 'The folder of the authorities.',
  args: z.object({ cacert_path: cacertPath }),
  examples: ["'*' tls.cert_base_path"],
  run: ({ cacert_path: given }, context) => basePath(context, given),
});

export const createSelfSignedCert = defineFunction({
  name: 'tls.create_self_signed_cert',
  summary: 'Makes a key and a certificate that signs itself, as files; says so when they are there already.',
  args: z.object({
    tls_dir: tlsDir,
    bits: withDefault(integer(), 2048).describe('Bits of the key.'),
    days: withDefault(integer(), 365).describe('How long it is valid.'),
    ...subject,
    cacert_path: cacertPath,
    cert_filename: certFilename,
    digest,
    replace: withDefault(flag(), false).describe('Make them anew.'),
  }),
  examples: ["'*' tls.create_self_signed_cert", "'*' tls.create_self_signed_cert tls_dir=koji CN='test.mysite.org'"],
  async run(args, context) {
    const name = args.cert_filename ?? args.CN;
    if (/[/\0]/.test(name)) throw failure(`${name} cannot be the name of a file.`);
    const folder = `${basePath(context, args.cacert_path)}/${args.tls_dir}/certs`;
    const [keyPath, certificatePath] = [`${folder}/${name}.key`, `${folder}/${name}.crt`];
    if (!args.replace && (await context.host.files.stat(certificatePath)) !== undefined)
      return `Certificate "${name}" already exists`;
    await ensureFolder(context, folder);
    const { key, certificate } = await issue(args, context, new Map());
    await context.host.files.write(keyPath, key, { mode: 0o600 });
    await writeText(context.host, certificatePath, certificate, { mode: 0o644 });
    const index = `${basePath(context, args.cacert_path)}/${args.tls_dir}/index.txt`;
    await recordIssued(context.host, index, certificate);
    return `Created Private Key: "${keyPath}" Created Certificate: "${certificatePath}"`;
  },
});

interface Wish extends SubjectWish {
  readonly bits: number;
  readonly days: number;
  readonly digest: string;
  /** A key that is there. */
  readonly present?: Uint8Array | undefined;
}

async function issue(
  wish: Wish,
  { host }: FunctionContext,
  extensions: Dict,
): Promise<{ readonly key: Buffer; readonly certificate: string }> {
  const key =
    wish.present === undefined ? encodeKey(createKey('rsa', wish.bits), 'pem', undefined) : Buffer.from(wish.present);
  const given: Dict = new Map([
    ...subjectParts(wish),
    ['signing_private_key', key.toString()] as const,
    ['days_valid', wish.days] as const,
    ['digest', wish.digest] as const,
    ...extensions,
  ]);
  const plan = await planCertificate(given, { host, now: new Date() });
  return { key, certificate: wrapPem('CERTIFICATE', await issuePlanned(plan, host)) };
}

export const createCa = defineFunction({
  name: 'tls.create_ca',
  summary: 'Makes an authority: its key and its certificate, as files; says so when they are there already.',
  args: z.object({
    ca_name: caName,
    bits: withDefault(integer(), 2048).describe('Bits of the key.'),
    days: withDefault(integer(), 365).describe('How long it is valid.'),
    ...subject,
    fixmode: withDefault(flag(), false).describe('Accepted for Salt: the key is always for its owner alone.'),
    cacert_path: cacertPath,
    ca_filename: caFilename,
    digest,
    replace: withDefault(flag(), false).describe('Issue the certificate anew, by the key that is there.'),
  }),
  examples: ["'*' tls.create_ca test_ca"],
  async run(args, context) {
    const { folder, certificate: certificatePath, key: keyPath, index } = placesOf(args, context);
    if (!args.replace && (await context.host.files.stat(certificatePath)) !== undefined)
      return `Certificate for CA named "${args.ca_name}" already exists`;
    await ensureFolder(context, `${folder}/certs`);
    const extensions: Dict = new Map([
      ['basicConstraints', 'critical, CA:TRUE, pathlen:0'],
      ['keyUsage', 'critical, cRLSign, keyCertSign'],
      ['subjectKeyIdentifier', 'hash'],
    ]);
    const present = await context.host.files.read(keyPath);
    const { key, certificate } = await issue({ ...args, present }, context, extensions);
    if (present === undefined) await context.host.files.write(keyPath, key, { mode: 0o600 });
    await writeText(context.host, certificatePath, certificate, { mode: 0o644 });
    await recordIssued(context.host, index, certificate);
    return `Created Private Key: "${keyPath}" Created CA "${args.ca_name}": "${certificatePath}"`;
  },
});

export const caExists = defineFunction({
  name: 'tls.ca_exists',
  summary: 'Whether there is an authority.',
  args: z.object({
    ca_name: caName,
    cacert_path: cacertPath,
    ca_filename: caFilename,
  }),
  examples: ["'*' tls.ca_exists my_ca /etc/certs"],
  run: async (args, context) => (await context.host.files.stat(placesOf(args, context).certificate)) !== undefined,
});

export const getCa = defineFunction({
  name: 'tls.get_ca',
  summary: 'The path of the certificate of an authority, or what is in it.',
  args: z.object({
    ca_name: caName,
    as_text: withDefault(flag(), false).describe('Answer what is in it.'),
    cacert_path: cacertPath,
  }),
  examples: ["'*' tls.get_ca test_ca as_text=False cacert_path=/etc/certs"],
  async run(args, context) {
    const { certificate } = placesOf(args, context);
    const content = await readText(context.host, certificate);
    if (content === undefined) throw failure(`Certificate does not exist for ${args.ca_name}`);
    return args.as_text ? content : certificate;
  },
});

export const getExpirationDate = defineFunction({
  name: 'tls.get_expiration_date',
  summary: 'When a certificate ends.',
  args: z.object({
    cert: safeName('a path').describe('Path of the certificate.'),
    date_format: withDefault(lineText(), '%Y-%m-%d').describe('How the date is written.'),
  }),
  examples: ["'*' tls.get_expiration_date /path/to/foo.crt date_format='%d/%m/%Y'"],
  async run({ cert, date_format: format }, { host }) {
    const { notAfter } = await loadCertificate(host, cert);
    const local = new Date(notAfter.getTime() + notAfter.getTimezoneOffset() * 60_000);
    return formatTime(local, format);
  },
});
