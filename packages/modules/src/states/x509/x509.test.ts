import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describeRealState } from '@brine/testkit';
import { expect } from 'vitest';
import type { Host } from '../../kit/index.ts';
import { certificateManaged } from './certificate-managed.ts';
import { crlManaged } from './crl-managed.ts';
import { csrManaged } from './csr-managed.ts';
import { pemManaged } from './pem-managed.ts';
import { privateKeyManaged } from './private-key-managed.ts';

// What is issued here is read and verified by OpenSSL, and what OpenSSL issues is read here.
async function openssl(host: Host, line: string): Promise<string> {
  const result = await host.run({ command: ['openssl', ...line.split(' ')] });
  if (result.exitCode !== 0) throw new Error(`openssl ${line}: ${result.stderr}`);
  return result.stdout;
}

// Spaces around equal signs come and go between versions of OpenSSL.
function has(text: string, ...parts: readonly (string | RegExp)[]): void {
  const plain = text.replaceAll(' = ', '=');
  for (const part of parts) expect(plain).toMatch(part);
}

function isEqual(value: unknown, wanted: unknown): void {
  expect(value).toEqual(wanted);
}

async function makeKeys(folder: string, host: Host): Promise<void> {
  for (const name of ['ca', 'web']) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await host.files.write(`${folder}/${name}.key`, Buffer.from(pem));
  }
}

async function makeAuthority(folder: string, host: Host): Promise<void> {
  await makeKeys(folder, host);
  await openssl(
    host,
    `req -x509 -new -key ${folder}/ca.key -subj /C=DE/O=Example/CN=CA -days 900 -out ${folder}/ca.crt -addext keyUsage=critical,keyCertSign,cRLSign`,
  );
}

const request = (folder: string): Record<string, string> => ({
  name: `${folder}/web.csr`,
  private_key: `${folder}/web.key`,
});
const certificate = (folder: string): Record<string, string> => ({
  name: `${folder}/web.crt`,
  signing_private_key: `${folder}/ca.key`,
  signing_cert: `${folder}/ca.crt`,
  private_key: `${folder}/web.key`,
});

describeRealState(privateKeyManaged, [
  {
    title: 'makes a key that only its owner reads',
    arguments: (folder) => ({ name: `${folder}/a.key`, algo: 'ec', keysize: 384 }),
    pending: (folder) => ({
      comment: 'The private key would have been created',
      changes: { created: `${folder}/a.key` },
    }),
    applied: () => ({ comment: 'The private key has been created' }),
    after: async (folder, host) => {
      has(await openssl(host, `pkey -in ${folder}/a.key -noout -text`), '(384 bit)');
      isEqual((await host.files.stat(`${folder}/a.key`))?.mode, 0o400);
    },
  },
  {
    title: 'makes a key of another kind in place of one',
    before: makeKeys,
    arguments: (folder) => ({ name: `${folder}/ca.key`, algo: 'ed25519' }),
    pending: () => ({ comment: 'The private key would have been recreated', changes: { algo: 'ed25519' } }),
    applied: () => ({ comment: 'The private key has been recreated' }),
  },
  {
    title: 'encrypts a key without making another',
    before: makeKeys,
    arguments: (folder) => ({ name: `${folder}/ca.key`, algo: 'ec', passphrase: 'geheim' }),
    pending: () => ({ comment: 'The private key would have been recreated', changes: { passphrase: true } }),
    applied: () => ({ comment: 'The private key has been recreated' }),
    after: async (folder, host) => {
      const pem = Buffer.from((await host.files.read(`${folder}/ca.key`)) ?? '');
      has(pem.toString(), 'BEGIN ENCRYPTED PRIVATE KEY');
      isEqual(createPrivateKey({ key: pem, passphrase: 'geheim' }).asymmetricKeyType, 'ec');
    },
  },
  {
    title: 'knows a key that is as described, but for its mode',
    before: makeKeys,
    arguments: (folder) => ({ name: `${folder}/ca.key`, algo: 'ec', mode: '0644' }),
    ok: () => 'The private key is in the correct state',
  },
  {
    title: 'replaces nothing that is no key unasked',
    before: (folder, host) => host.files.write(`${folder}/a.key`, Buffer.from('mine')),
    arguments: (folder) => ({ name: `${folder}/a.key` }),
    fails: () =>
      'The existing file does not seem to be a private key formatted as DER, PEM or embedded in PKCS12. Pass overwrite: true to force regeneration',
  },
]);
describeRealState(csrManaged, [
  {
    title: 'makes a request with extensions',
    before: makeKeys,
    arguments: (folder) => ({
      ...request(folder),
      CN: 'ü.example.org',
      C: 'DE',
      subjectAltName: ['DNS:a.b', 'IP:::1'],
    }),
    pending: (folder) => ({
      comment: 'The certificate signing request would have been created',
      changes: { created: `${folder}/web.csr` },
    }),
    applied: () => ({ comment: 'The certificate signing request has been created' }),
    after: async (folder, host) => {
      const text = await openssl(host, `req -in ${folder}/web.csr -noout -text -verify -nameopt utf8`);
      has(text, 'Subject: C=DE, CN=ü.example.org');
      has(text, 'DNS:a.b, IP Address:0:0:0:0:0:0:0:1');
    },
  },
  {
    title: 'makes one anew whose subject or extensions are others',
    before: async (folder, host) => {
      await makeKeys(folder, host);
      await openssl(host, `req -new -key ${folder}/web.key -subj /CN=old -out ${folder}/web.csr`);
    },
    arguments: (folder) => ({ ...request(folder), CN: 'new', keyUsage: 'digitalSignature' }),
    pending: () => ({
      comment: 'The certificate signing request would have been recreated',
      changes: { subject_name: 'CN=new', extensions: { added: ['keyUsage'], changed: [], removed: [] } },
    }),
    applied: () => ({ comment: 'The certificate signing request has been recreated' }),
  },
  {
    title: 'knows a request of OpenSSL that says the same',
    before: async (folder, host) => {
      await makeKeys(folder, host);
      const extension = '-addext subjectAltName=DNS:a.example.org,email:a@example.org';
      await openssl(host, `req -new -key ${folder}/web.key -subj /CN=web -out ${folder}/web.csr ${extension}`);
    },
    arguments: (folder) => ({
      ...request(folder),
      CN: 'web',
      subjectAltName: 'DNS:a.example.org, email:a@example.org',
    }),
    ok: () => 'The certificate signing request is in the correct state',
  },
]);
describeRealState(certificateManaged, [
  {
    title: 'issues one that signs itself',
    before: makeKeys,
    arguments: (folder) => ({
      name: `${folder}/ca.crt`,
      signing_private_key: `${folder}/ca.key`,
      subject: 'CN=Root,O=Example\\, Inc.',
      basicConstraints: 'critical, CA:true, pathlen:1',
      keyUsage: 'critical, keyCertSign, cRLSign',
      subjectKeyIdentifier: 'hash',
      authorityKeyIdentifier: 'keyid:always',
      nameConstraints: 'critical, permitted;DNS:.example.org',
      certificatePolicies: '2.5.29.32.0',
      days_valid: 200,
    }),
    pending: (folder) => ({
      comment: 'The certificate would have been created',
      changes: { created: `${folder}/ca.crt` },
    }),
    applied: () => ({ comment: 'The certificate has been created' }),
    after: async (folder, host) => {
      has(await openssl(host, `verify -check_ss_sig -CAfile ${folder}/ca.crt ${folder}/ca.crt`), ': OK');
      const text = await openssl(host, `x509 -in ${folder}/ca.crt -noout -text`);
      has(text, 'Issuer: O="Example, Inc.", CN=Root');
      has(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:1/);
      has(text, /Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
      has(text, /Name Constraints: critical\s+Permitted:\s+DNS:\.example\.org/);
    },
  },
  {
    title: 'issues one by an authority, with its chain',
    before: makeAuthority,
    arguments: (folder) => ({
      ...certificate(folder),
      append_certs: `${folder}/ca.crt`,
      CN: 'www.example.org',
      extendedKeyUsage: 'serverAuth, clientAuth',
      subjectAltName: 'DNS:www.example.org, IP:10.0.0.1',
      authorityKeyIdentifier: 'keyid, issuer',
      crlDistributionPoints: 'URI:http://ca.example.org/ca.crl',
      authorityInfoAccess: 'OCSP;URI:http://ocsp.example.org/',
      not_before: '2026-01-01 00:00:00',
      not_after: '2060-01-01 00:00:00',
    }),
    pending: (folder) => ({
      comment: 'The certificate would have been created',
      changes: { created: `${folder}/web.crt` },
    }),
    applied: () => ({ comment: 'The certificate has been created' }),
    after: async (folder, host) => {
      const verified = await openssl(
        host,
        `verify -no_check_time -purpose sslserver -verify_hostname www.example.org -CAfile ${folder}/ca.crt ${folder}/web.crt`,
      );
      has(verified, ': OK');
      const text = await openssl(host, `x509 -in ${folder}/web.crt -noout -text`);
      has(text, 'Not After : Jan  1 00:00:00 2060 GMT');
      has(text, 'URI:http://ca.example.org/ca.crl');
      has(text, 'OCSP - URI:http://ocsp.example.org/');
      has(text, 'IP Address:10.0.0.1');
    },
  },
  {
    title: 'takes key and extensions of a request',
    before: async (folder, host) => {
      await makeAuthority(folder, host);
      const extension = '-addext subjectAltName=DNS:web';
      await openssl(host, `req -new -key ${folder}/web.key -subj /CN=x -out ${folder}/web.csr ${extension}`);
    },
    arguments: (folder) => {
      const { private_key: _, ...rest } = certificate(folder);
      return { ...rest, csr: `${folder}/web.csr`, CN: 'web', digest: 'sha512' };
    },
    pending: (folder) => ({
      comment: 'The certificate would have been created',
      changes: { created: `${folder}/web.crt` },
    }),
    applied: () => ({ comment: 'The certificate has been created' }),
    after: async (folder, host) => {
      const text = await openssl(host, `x509 -in ${folder}/web.crt -noout -text`);
      has(text, 'DNS:web');
      has(text, 'ecdsa-with-SHA512');
    },
  },
  {
    title: 'issues anew one that ends soon, of another key and another subject',
    before: async (folder, host) => {
      await makeAuthority(folder, host);
      await openssl(host, `req -x509 -new -key ${folder}/ca.key -subj /CN=old -days 10 -out ${folder}/web.crt`);
    },
    arguments: (folder) => ({ ...certificate(folder), CN: 'web' }),
    pending: () => ({
      comment: 'The certificate would have been recreated',
      changes: {
        expiration: true,
        private_key: true,
        subject_name: 'CN=web',
        issuer_name: 'CN=CA,O=Example,C=DE',
        extensions: {
          added: [],
          changed: [],
          removed: ['subjectKeyIdentifier', 'authorityKeyIdentifier', 'basicConstraints'],
        },
      },
    }),
    applied: () => ({ comment: 'The certificate has been recreated' }),
  },
  {
    title: 'refuses a key that is not that of the authority',
    before: makeAuthority,
    arguments: (folder) => ({ ...certificate(folder), signing_private_key: `${folder}/web.key` }),
    fails: () => "Signing private key does not match the certificate's public key",
  },
]);
describeRealState(crlManaged, [
  {
    title: 'lists what is revoked',
    before: makeAuthority,
    arguments: (folder) => ({
      name: `${folder}/ca.crl`,
      signing_private_key: `${folder}/ca.key`,
      signing_cert: `${folder}/ca.crt`,
      revoked: [
        { serial_number: 'D6:D2', revocation_date: '2026-01-31 00:00:00', extensions: { CRLReason: 'keyCompromise' } },
        { serial_number: '01', not_after: '2020-01-01 00:00:00' },
      ],
      extensions: { cRLNumber: 'auto' },
    }),
    pending: (folder) => ({
      comment: 'The certificate revocation list would have been created',
      changes: { created: `${folder}/ca.crl` },
    }),
    applied: () => ({ comment: 'The certificate revocation list has been created' }),
    after: async (folder, host) => {
      const text = await openssl(host, `crl -in ${folder}/ca.crl -noout -text -CAfile ${folder}/ca.crt`);
      has(text, /CRL Number:\s+1\n/);
      has(text, /Serial Number: D6D2\s+Revocation Date: Jan 31 00:00:00 2026 GMT/);
      has(text, /CRL Reason Code:\s+Key Compromise/);
      isEqual(text.includes('Serial Number: 01'), false);
    },
  },
]);
describeRealState(pemManaged, [
  {
    title: 'writes a text of one line as it should be',
    arguments: (folder) => ({
      name: `${folder}/a.pem`,
      text: `-----BEGIN CERTIFICATE-----${'A'.repeat(70)}-----END CERTIFICATE-----`,
      mode: '0644',
    }),
    pending: (folder) => ({
      comment: `The file ${folder}/a.pem is set to be changed\nNote: No changes made, actual changes may\nbe different due to other states.`,
      changes: { newfile: `${folder}/a.pem` },
    }),
    applied: (folder) => ({ comment: `File ${folder}/a.pem updated`, changes: { diff: 'New file', mode: '0644' } }),
    after: async (folder, host) =>
      isEqual(
        Buffer.from((await host.files.read(`${folder}/a.pem`)) ?? '').toString(),
        `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\nAAAAAA\n-----END CERTIFICATE-----\n`,
      ),
  },
  {
    title: 'refuses what is no PEM',
    arguments: (folder) => ({ name: `${folder}/a.pem`, text: 'nothing' }),
    fails: () => 'PEM text not valid',
  },
]);
describeRealState(privateKeyManaged, [
  {
    title: 'writes a key in a PKCS#12 file that OpenSSL reads',
    arguments: (folder) => ({ name: `${folder}/a.p12`, algo: 'ec', encoding: 'pkcs12', passphrase: 'geheim' }),
    pending: (folder) => ({
      comment: 'The private key would have been created',
      changes: { created: `${folder}/a.p12` },
    }),
    applied: () => ({ comment: 'The private key has been created' }),
    after: async (folder, host) =>
      has(await openssl(host, `pkcs12 -in ${folder}/a.p12 -passin pass:geheim -nodes`), 'BEGIN PRIVATE KEY'),
  },
]);
describeRealState(certificateManaged, [
  {
    title: 'writes a PKCS#12 file for old programs, with its key, name and chain, and a copy of the certificate',
    before: makeAuthority,
    arguments: (folder) => ({
      ...certificate(folder),
      ...{ name: `${folder}/web.p12`, encoding: 'pkcs12', pkcs12_passphrase: 'abc', pkcs12_friendlyname: 'My name' },
      ...{ append_certs: [`${folder}/ca.crt`], pkcs12_encryption_compat: true, CN: 'web', serial_number: 255 },
      ...{ copypath: folder, prepend_cn: true },
    }),
    pending: (folder) => ({
      comment: 'The certificate would have been created',
      changes: { created: `${folder}/web.p12` },
    }),
    applied: () => ({ comment: 'The certificate has been created' }),
    after: async (folder, host) => {
      const text = await openssl(host, `pkcs12 -in ${folder}/web.p12 -passin pass:abc -nodes`);
      has(text, 'friendlyName: My name', 'subject=CN=web', 'subject=C=DE, O=Example, CN=CA', 'BEGIN PRIVATE KEY');
      has(await openssl(host, `x509 -in ${folder}/web-ff.crt -noout -serial`), 'serial=FF');
    },
  },
  {
    title: 'writes a certificate of PKCS#12 again as a message of PKCS#7 without issuing another',
    before: async (folder, host) => {
      await makeAuthority(folder, host);
      const made = `req -x509 -new -key ${folder}/ca.key -subj /CN=web -days 900 -out ${folder}/web.crt`;
      await openssl(host, made);
      const store = `pkcs12 -export -inkey ${folder}/ca.key -in ${folder}/web.crt -out ${folder}/web -passout pass:`;
      await openssl(host, store);
    },
    arguments: (folder) => ({
      ...{ name: `${folder}/web`, encoding: 'pkcs7_der', signing_private_key: `${folder}/ca.key`, CN: 'web' },
      ...{ subjectKeyIdentifier: 'hash', authorityKeyIdentifier: 'keyid', basicConstraints: 'critical, CA:true' },
    }),
    pending: () => ({ comment: 'The certificate would have been recreated', changes: { encoding: 'pkcs7_der' } }),
    applied: () => ({ comment: 'The certificate has been recreated' }),
    after: async (folder, host) => {
      const found = await openssl(host, `pkcs7 -inform der -in ${folder}/web -print_certs`);
      has(found, await openssl(host, `x509 -in ${folder}/web.crt`));
    },
  },
  {
    title: 'tells of another passphrase',
    before: async (folder, host) => {
      await makeAuthority(folder, host);
      const store = `pkcs12 -export -inkey ${folder}/ca.key -in ${folder}/ca.crt -out ${folder}/web.p12 -passout pass:x`;
      await openssl(host, store);
    },
    arguments: (folder) => ({
      ...{ ...certificate(folder), name: `${folder}/web.p12`, encoding: 'pkcs12', pkcs12_passphrase: 'abc', CN: 'web' },
    }),
    pending: () => ({ comment: 'The certificate would have been created', changes: { pkcs12_passphrase: true } }),
    applied: () => ({ comment: 'The certificate has been created' }),
  },
  {
    title: 'refuses a PKCS#12 file without a key',
    before: makeAuthority,
    arguments: (folder) => ({
      ...{ name: `${folder}/w`, encoding: 'pkcs12', signing_private_key: `${folder}/ca.key`, CN: 'x' },
    }),
    fails: () => 'Creating a PKCS12-encoded certificate without embedded private key is unsupported',
  },
]);
