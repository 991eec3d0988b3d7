import { isDict, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { flag, integer, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { inOrder } from '../../kit/in-order.ts';
import { issueCertificate, issueRequest, randomSerial, readRequest } from '../../providers/x509/certificates.ts';
import { buildExtensions, requestExtensions } from '../../providers/x509/extensions.ts';
import { createKey, encodeKey, loadPrivateKey, wrapPem } from '../../providers/x509/keys.ts';
import { toName } from '../../providers/x509/names.ts';
import { encodeKeyStore } from '../../providers/x509/pkcs12.ts';
import { issueRevocations } from '../../providers/x509/revocations.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { readText, writeText } from '../text-file.ts';
import { firstCertificate, hexSerial, readRevoked, recordIssued, recordRevoked } from './index-file.ts';
import {
  caFilename,
  caName,
  cacertPath,
  certFilename,
  digest,
  ensureFolder,
  fileName,
  placesOf,
  subject,
  type AuthorityName,
} from './place.ts';
import { subjectParts } from './subject.ts';

const certType = fileName().describe('What it is for: server, client, or a kind of tls.extensions in the pillar.');
const typeExt = withDefault(flag(), false).describe('Whether names of files end with the kind.');
const replace = withDefault(flag(), false).describe('Make it anew.');
const folder = optional(safeName('a path'));
const names = { ca_name: caName, CN: fileName().describe('Whom it names.') };
const days = withDefault(integer(), 365).describe('How long it is valid.');
const validList = 100 * 86_400_000;

const kinds: Readonly<Record<string, Plain>> = {
  common: {
    csr: { basicConstraints: 'CA:FALSE' },
    cert: { authorityKeyIdentifier: 'keyid,issuer:always', subjectKeyIdentifier: 'hash' },
  },
  server: { csr: { extendedKeyUsage: 'serverAuth', keyUsage: 'digitalSignature, keyEncipherment' }, cert: {} },
  client: {
    csr: { extendedKeyUsage: 'clientAuth', keyUsage: 'nonRepudiation, digitalSignature, keyEncipherment' },
    cert: {},
  },
};

export const getExtensions = defineFunction({
  name: 'tls.get_extensions',
  summary:
    'The extensions of requests and certificates of a kind: those of tls.extensions in the pillar, or the usual ones.',
  args: z.object({ cert_type: certType }),
  examples: ["'*' tls.get_extensions client"],
  run: ({ cert_type: kind }, context) => extensionsOf(kind, context),
});

function extensionsOf(kind: string, { pillar }: FunctionContext): Dict {
  const configured = pillar.get('tls.extensions');
  const find = (name: string): Dict => {
    const own = isDict(configured) ? configured.get(name) : undefined;
    const found = isDict(own) ? own : toValue(Object.hasOwn(kinds, name) ? kinds[name] : null);
    if (!isDict(found)) throw failure(`There are no extensions for ${name}: tls.extensions of the pillar has none`);
    return found;
  };
  const own = find(kind);
  const members = (value: Value | undefined): [Value, Value][] => (isDict(value) ? [...value] : []);
  const merged = [...find('common')].map(([use, common]): [Value, Value] => [
    use,
    new Map([...members(common), ...members(own.get(use))]),
  ]);
  return new Map(merged);
}

export const createCsr = defineFunction({
  name: 'tls.create_csr',
  summary:
    'Makes a key and a request for a certificate of an authority, as files; says so when they are there already.',
  args: z.object({
    ca_name: caName,
    bits: withDefault(integer(), 2048).describe('Bits of the key.'),
    ...subject,
    subjectAltName: optional(textList()).describe('More names: DNS:a, IP:10.0.0.1.'),
    cacert_path: cacertPath,
    ca_filename: caFilename,
    csr_path: folder.describe('Folder of the files; certs of the authority unless given.'),
    csr_filename: certFilename,
    digest,
    type_ext: typeExt,
    cert_type: withDefault(certType, 'server').describe('What it is for.'),
    replace,
  }),
  examples: ["'*' tls.create_csr test CN='www.example.org' subjectAltName=\"['DNS:example.org']\""],
  async run(args, context) {
    const { host } = context;
    const places = placesOf(args, context);
    if ((await host.files.stat(places.certificate)) === undefined)
      return `Certificate for CA named "${args.ca_name}" does not exist, please create it first.`;
    const path = (args.csr_path ?? `${places.folder}/certs`).replace(/\/+$/, '');
    const name = args.csr_filename ?? withKind(args.CN, args);
    if (/[/\0]/.test(name)) throw failure(`${name} cannot be the name of a file.`);
    const base = `${path}/${name}`;
    if (!args.replace && (await host.files.stat(`${base}.csr`)) !== undefined)
      return `Certificate Request "${base}.csr" already exists`;
    const wanted = extensionsOf(args.cert_type, context).get('csr');
    const given: Dict = new Map([...(isDict(wanted) ? wanted : []), ...alternativeNames(args.subjectAltName)]);
    const key = createKey('rsa', args.bits);
    const extensions = buildExtensions(requestExtensions, given, { publicKey: key, issuerKey: key });
    const request = issueRequest({ subject: toName(new Map(subjectParts(args))), extensions }, key, args.digest);
    await ensureFolder(context, path);
    await host.files.write(`${base}.key`, encodeKey(key, 'pem', undefined), { mode: 0o600 });
    await writeText(host, `${base}.csr`, wrapPem('CERTIFICATE REQUEST', request), { mode: 0o644 });
    return `Created Private Key: "${base}.key" Created CSR for "${args.CN}": "${base}.csr"`;
  },
});

function alternativeNames(names: readonly string[] | undefined): [Value, Value][] {
  return names === undefined ? [] : [['subjectAltName', [...names]]];
}

function withKind(
  name: string,
  { type_ext: isNamed, cert_type: kind }: { type_ext: boolean; cert_type?: string | undefined },
) {
  return isNamed && kind !== undefined ? `${name}_${kind}` : name;
}

/** The certificate and the key of an authority; `undefined` when it has not both. */
async function loadAuthority(name: AuthorityName, context: FunctionContext) {
  const { certificate, key } = placesOf(name, context);
  const content = await context.host.files.read(certificate);
  if (content === undefined || (await context.host.files.stat(key)) === undefined) return undefined;
  return { certificate: firstCertificate(content), key: await loadPrivateKey(context.host, key, undefined) };
}

export const createCaSignedCert = defineFunction({
  name: 'tls.create_ca_signed_cert',
  summary:
    'Has an authority issue the certificate that a request asks for, as a file; says so when it is there already.',
  args: z.object({
    ...names,
    days,
    cacert_path: cacertPath,
    ca_filename: caFilename,
    cert_path: folder.describe('Folder of request and certificate; certs of the authority unless given.'),
    cert_filename: certFilename,
    digest,
    cert_type: optional(certType).describe('What it is for, when names of files end with that.'),
    type_ext: typeExt,
    replace,
  }),
  examples: ["'*' tls.create_ca_signed_cert test localhost"],
  async run(args, context): Promise<Plain> {
    if (args.type_ext && args.cert_type === undefined) return {};
    const places = placesOf(args, context);
    const path = (args.cert_path ?? `${places.folder}/certs`).replace(/\/+$/, '');
    const name = args.cert_filename ?? withKind(args.CN, args);
    if (!args.replace && (await context.host.files.stat(`${path}/${name}.crt`)) !== undefined)
      return `Certificate "${name}" already exists`;
    const authority = await loadAuthority(args, context);
    if (authority === undefined) return { retcode: 1, comment: `There is no CA named "${args.ca_name}"` };
    const content = await context.host.files.read(`${path}/${withKind(args.CN, args)}.csr`);
    if (content === undefined) return { retcode: 1, comment: `There is no CSR that matches the CN "${name}"` };
    const { subject: name_, publicKey, extensions } = readRequest(Buffer.from(content));
    const now = new Date();
    const body = {
      ...{ serial: randomSerial(), issuer: authority.certificate.subject.whole, subject: name_.whole },
      ...{ notBefore: now, notAfter: new Date(now.getTime() + args.days * 86_400_000), publicKey, extensions },
    };
    const made = wrapPem('CERTIFICATE', issueCertificate(body, authority.key, args.digest));
    await writeText(context.host, `${path}/${name}.crt`, made, { mode: 0o644 });
    await recordIssued(context.host, places.index, made);
    return `Created Certificate for "${args.CN}": "${path}/${name}.crt"`;
  },
});

export const createPkcs12 = defineFunction({
  name: 'tls.create_pkcs12',
  summary: 'Puts a certificate of an authority, its key and that of the authority into a PKCS#12 file.',
  args: z.object({
    ...names,
    passphrase: secret(withDefault(text(), '')).describe('What it is encrypted with.'),
    cacert_path: cacertPath,
    replace,
  }),
  examples: ["'*' tls.create_pkcs12 test localhost passphrase=secret"],
  async run(args, context) {
    const { host } = context;
    const places = placesOf(args, context);
    const base = `${places.folder}/certs/${args.CN}`;
    if (!args.replace && (await host.files.stat(`${base}.p12`)) !== undefined)
      return `Certificate "${args.CN}" already exists`;
    const authority = await host.files.read(places.certificate);
    if (authority === undefined) return `There is no CA named "${args.ca_name}"`;
    const own = await host.files.read(`${base}.crt`);
    if (own === undefined || (await host.files.stat(`${base}.key`)) === undefined)
      return `There is no certificate that matches the CN "${args.CN}"`;
    const key = await loadPrivateKey(host, `${base}.key`, undefined);
    const certificates = [firstCertificate(own).whole, firstCertificate(authority).whole];
    const options = { passphrase: args.passphrase, protection: 'modern' as const };
    await host.files.write(`${base}.p12`, encodeKeyStore({ key, certificates }, options), { mode: 0o600 });
    return `Created PKCS#12 Certificate for "${args.CN}": "${base}.p12"`;
  },
});

const listArguments = {
  cacert_path: cacertPath,
  ca_filename: caFilename,
  crl_file: folder.describe('The list; crl.pem of the authority unless given.'),
  digest,
};

export const createEmptyCrl = defineFunction({
  name: 'tls.create_empty_crl',
  summary: 'Makes a list of revoked certificates in which there is none; says so when there is a list already.',
  args: z.object({ ca_name: caName, ...listArguments }),
  examples: ["'*' tls.create_empty_crl ca_name='koji' ca_filename='ca' crl_file='/etc/openvpn/team1/crl.pem'"],
  async run(args, context) {
    const path = args.crl_file ?? `${placesOf(args, context).folder}/crl.pem`;
    if ((await context.host.files.stat(path)) !== undefined) return `CRL "${path}" already exists`;
    const authority = await loadAuthority(args, context);
    if (authority === undefined) return `There is no CA named "${args.ca_name}"`;
    await writeList(path, { authority, revoked: [], digest: args.digest }, context);
    return `Created an empty CRL: "${path}"`;
  },
});

interface List {
  readonly authority: NonNullable<Awaited<ReturnType<typeof loadAuthority>>>;
  readonly revoked: Awaited<ReturnType<typeof readRevoked>>;
  readonly digest: string;
}

async function writeList(path: string, { authority, revoked, digest: algorithm }: List, { host }: FunctionContext) {
  const now = new Date();
  const body = {
    ...{
      issuer: authority.certificate.subject.whole,
      lastUpdate: now,
      nextUpdate: new Date(now.getTime() + validList),
    },
    ...{ revoked: revoked.map((row) => ({ ...row, extensions: [] })), extensions: [] },
  };
  await writeText(host, path, wrapPem('X509 CRL', issueRevocations(body, authority.key, algorithm)), { mode: 0o644 });
}

export const revokeCert = defineFunction({
  name: 'tls.revoke_cert',
  summary: 'Revokes a certificate of an authority: notes it in the index and writes the list of revoked ones.',
  args: z.object(
    inOrder(
      {
        ...names,
        ...listArguments,
        cert_path: folder.describe('Folder of the certificate; certs of the authority unless given.'),
        cert_filename: certFilename,
      },
      'ca_name CN cacert_path ca_filename cert_path cert_filename crl_file digest',
    ),
  ),
  examples: ["'*' tls.revoke_cert ca_name='koji' ca_filename='ca' CN=test crl_file='/etc/openvpn/team1/crl.pem'"],
  async run(args, context): Promise<Plain> {
    const { host } = context;
    const places = placesOf(args, context);
    const authority = await loadAuthority(args, context);
    if (authority === undefined) return `There is no CA named "${args.ca_name}"`;
    const path = `${args.cert_path ?? `${places.folder}/certs`}/${args.cert_filename ?? args.CN}.crt`;
    const content = await readText(host, path);
    if (content === undefined) return `There is no client certificate named "${args.CN}"`;
    const list = args.crl_file ?? `${places.folder}/crl.pem`;
    if ((await host.files.stat(list, { follow: true }))?.kind === 'directory')
      return { retcode: 1, comment: `crl_file "${list}" is an existing directory` };
    const certificate = firstCertificate(content);
    const serial = hexSerial(certificate.serial);
    if (!(await recordRevoked(host, places.index, certificate, new Date())))
      return `"${path}" was already revoked, serial number: ${serial}`;
    await writeList(list, { authority, revoked: await readRevoked(host, places.index), digest: args.digest }, context);
    return `Revoked Certificate: "${path}", serial number: ${serial}`;
  },
});
