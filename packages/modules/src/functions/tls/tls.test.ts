import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toValue, type Plain, type Value } from '@brine/common';
import { afterAll, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';
import { createLocalHost } from '../../host/local/local-host.ts';

const base = mkdtempSync(join(tmpdir(), 'brine-tls-'));
const host = createLocalHost();
const memory = new Map<string, unknown>();

afterAll(() => rmSync(base, { recursive: true }));

async function call(name: string, positional: readonly Plain[], keyword: Readonly<Record<string, Plain>> = {}) {
  const options = { 'ca.cert_base_path': base };
  return (await callScratch(name, { positional, keyword, host, options, context: { memory } })).value;
}

function openssl(...words: string[]): string {
  return execFileSync('openssl', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

async function text(path: string): Promise<string> {
  return Buffer.from((await host.files.read(path)) ?? '').toString();
}

it('keeps an authority: requests, certificates, PKCS#12 files, and what was revoked', async () => {
  const certs = `${base}/koji/certs`;
  expect(await call('tls.create_csr', ['koji'])).toBe(
    'Certificate for CA named "koji" does not exist, please create it first.',
  );
  expect(await call('tls.create_ca_signed_cert', ['koji', 'web'])).toEqual(
    toValue({ retcode: 1, comment: 'There is no CA named "koji"' }),
  );
  await call('tls.create_ca', ['koji'], { CN: 'Koji CA', bits: 1024 });
  expect(await call('tls.create_ca_signed_cert', ['koji', 'web'])).toEqual(
    toValue({ retcode: 1, comment: 'There is no CSR that matches the CN "web"' }),
  );
  const wish = { CN: 'web', bits: 1024, subjectAltName: ['DNS:web.example.org', 'IP:10.0.0.1'] };
  const request = `Created Private Key: "${certs}/web.key" Created CSR for "web": "${certs}/web.csr"`;
  expect(await call('tls.create_csr', ['koji'], wish)).toBe(request);
  expect(await call('tls.create_csr', ['koji'], wish)).toBe(`Certificate Request "${certs}/web.csr" already exists`);
  expect((await host.files.stat(`${certs}/web.key`))?.mode).toBe(0o600);
  expect(await call('tls.create_ca_signed_cert', ['koji', 'web'])).toBe(
    `Created Certificate for "web": "${certs}/web.crt"`,
  );
  expect(await call('tls.create_ca_signed_cert', ['koji', 'web'])).toBe('Certificate "web" already exists');
  expect(openssl('verify', '-CAfile', `${base}/koji/koji_ca_cert.crt`, `${certs}/web.crt`)).toContain(': OK');
  expect(await call('tls.get_ca_signed_cert', ['koji', 'web'])).toBe(`${certs}/web.crt`);
  expect(await call('tls.get_ca_signed_key', ['koji', 'web', true])).toBe(await text(`${certs}/web.key`));
  await expect(call('tls.get_ca_signed_cert', ['koji', 'none'])).rejects.toThrow('does not exists for none');

  const answer = `Created PKCS#12 Certificate for "web": "${certs}/web.p12"`;
  expect(await call('tls.create_pkcs12', ['koji', 'web', 'abc'])).toBe(answer);
  expect(openssl('pkcs12', '-in', `${certs}/web.p12`, '-passin', 'pass:abc', '-nokeys')).toMatch(/CN ?= ?Koji CA/);
  expect(await call('tls.create_pkcs12', ['koji', 'none'])).toBe('There is no certificate that matches the CN "none"');

  const list = `${base}/koji/crl.pem`;
  expect(await call('tls.create_empty_crl', ['koji'])).toBe(`Created an empty CRL: "${list}"`);
  expect(await call('tls.create_empty_crl', ['koji'])).toBe(`CRL "${list}" already exists`);
  expect(await call('tls.validate', [`${certs}/web.crt`, 'koji', list])).toEqual(toValue({ valid: true }));
  const serial = openssl('x509', '-in', `${certs}/web.crt`, '-noout', '-serial')
    .trim()
    .replace(/^serial=0*/, '');
  expect(await call('tls.revoke_cert', ['koji', 'web'])).toBe(
    `Revoked Certificate: "${certs}/web.crt", serial number: ${serial}`,
  );
  expect(await call('tls.revoke_cert', ['koji', 'web'])).toBe(
    `"${certs}/web.crt" was already revoked, serial number: ${serial}`,
  );
  expect(openssl('crl', '-in', list, '-noout', '-text')).toContain(`Serial Number: `);
  const verdict = (await call('tls.validate', [`${certs}/web.crt`, 'koji', list])) as Map<string, Value>;
  expect([verdict.get('valid'), verdict.get('error')]).toEqual([false, 'certificate revoked']);
  const rows = (await text(`${base}/koji/index.txt`)).trimEnd().split('\n');
  expect(rows.map((row) => row.replace(/\d{12}Z/g, 'T').replace(/[0-9A-F]{20,}/, 'N'))).toEqual([
    'V\tT\t\tN\tunknown\t/C=US/ST=Utah/L=Salt Lake City/O=SaltStack/CN=Koji CA',
    'R\tT\tT\tN\tunknown\t/C=US/ST=Utah/L=Salt Lake City/O=SaltStack/CN=web',
  ]);
});

it('tells what a certificate says in the words of OpenSSL', async () => {
  const told = (await call('tls.cert_info', [`${base}/koji/certs/web.crt`, 'sha1'])) as Map<string, Value>;
  expect(told.get('subject')).toEqual(toValue({ C: 'US', ST: 'Utah', L: 'Salt Lake City', O: 'SaltStack', CN: 'web' }));
  expect(told.get('fingerprint')).toMatch(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/);
  expect(told.get('extensions')).toEqual(
    toValue({
      ...{ basicConstraints: 'CA:FALSE', keyUsage: 'Digital Signature, Key Encipherment' },
      ...{ extendedKeyUsage: 'TLS Web Server Authentication' },
      subjectAltName: 'DNS:web.example.org, IP Address:10.0.0.1',
    }),
  );
  expect(told.get('subject_alt_names')).toEqual(['web.example.org', '10.0.0.1']);
  expect(told.get('signature_algorithm')).toBe('sha256WithRSAEncryption');
  expect(Number(told.get('not_after')) - Number(told.get('not_before'))).toBe(365 * 86_400);
});

it('has extensions for kinds of certificates, and a folder for a run', async () => {
  expect(await call('tls.get_extensions', ['client'])).toEqual(
    toValue({
      csr: {
        ...{ basicConstraints: 'CA:FALSE', extendedKeyUsage: 'clientAuth' },
        keyUsage: 'nonRepudiation, digitalSignature, keyEncipherment',
      },
      cert: { authorityKeyIdentifier: 'keyid,issuer:always', subjectKeyIdentifier: 'hash' },
    }),
  );
  await expect(call('tls.get_extensions', ['other'])).rejects.toThrow('There are no extensions for other');
  expect(await call('tls.set_ca_path', ['/srv/ca'])).toBe('/srv/ca');
  expect(await call('tls.cert_base_path', [])).toBe('/srv/ca');
});
