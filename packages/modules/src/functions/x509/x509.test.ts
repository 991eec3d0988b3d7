import { toValue, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const host = createFakeHost({ files: { '/etc/pki/x': '' } });

async function call(name: string, positional: readonly Plain[] = [], keyword: Readonly<Record<string, Plain>> = {}) {
  return (await callScratch(name, { positional, keyword, host })).value;
}

async function textOf(path: string): Promise<string> {
  return Buffer.from((await host.files.read(path)) ?? '').toString();
}

describe('x509', () => {
  it('makes keys and tells of them', async () => {
    expect(await call('x509.create_private_key', [], { algo: 'ec', keysize: 384, path: '/etc/pki/ca.key' })).toBe(
      'PEM written to /etc/pki/ca.key',
    );
    expect((await host.files.stat('/etc/pki/ca.key'))?.mode).toBe(0o600);
    expect(await call('x509.get_private_key_size', ['/etc/pki/ca.key'])).toBe(384);
    const secret = await call('x509.create_private_key', [], { algo: 'ed25519', passphrase: 'geheim' });
    expect(secret).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect(await call('x509.get_private_key_size', [secret as string], { passphrase: 'geheim' })).toBe(null);
    await expect(call('x509.get_private_key_size', [secret as string], { passphrase: 'wrong' })).rejects.toThrow(
      /passphrase|password/i,
    );
  });

  it('issues certificates for requests and says when they end', async () => {
    const signing = { signing_private_key: '/etc/pki/ca.key' };
    const ca = { ...signing, CN: 'Test CA', basicConstraints: 'critical, CA:true', path: '/etc/pki/ca.crt' };
    expect(await call('x509.create_certificate', [], { ...ca, days_valid: 10 })).toBe('PEM written to /etc/pki/ca.crt');
    await call('x509.create_private_key', [], { algo: 'ec', path: '/etc/pki/web.key' });
    await call('x509.create_csr', [], { private_key: '/etc/pki/web.key', CN: 'www', path: '/etc/pki/web.csr' });
    const issued = await call('x509.create_certificate', [], {
      ...{ ...signing, signing_cert: '/etc/pki/ca.crt', csr: '/etc/pki/web.csr', CN: 'www', days_valid: 5 },
    });
    await host.files.write('/etc/pki/web.crt', Buffer.from(issued as string));
    expect(await call('x509.verify_signature', ['/etc/pki/web.crt', '/etc/pki/ca.crt'])).toBe(true);
    expect(await call('x509.verify_signature', ['/etc/pki/web.crt'])).toBe(false);
    expect(await call('x509.verify_private_key', ['/etc/pki/web.key', '/etc/pki/web.crt'])).toBe(true);
    expect(await call('x509.get_public_key', ['/etc/pki/web.csr'])).toBe(
      await call('x509.get_public_key', ['/etc/pki/web.key']),
    );
    expect(await call('x509.expires', ['/etc/pki/web.crt', 4])).toBe(false);
    expect(await call('x509.will_expire', ['/etc/pki/web.crt', 6])).toEqual(
      toValue({ check_days: 6, path: '/etc/pki/web.crt', cn: 'www', will_expire: true }),
    );
    expect(await call('x509.expired', ['/etc/pki/web.crt'])).toEqual(
      toValue({ path: '/etc/pki/web.crt', cn: 'www', expired: false }),
    );
    const flat = (issued as string).replaceAll('\n', '');
    expect(await call('x509.get_pem_entry', [flat])).toBe(issued);
    await call('x509.write_pem', [flat], { path: '/etc/pki/copy.crt', pem_type: 'CERTIFICATE' });
    expect(await textOf('/etc/pki/copy.crt')).toBe(issued);
  });
});

describe('tls', () => {
  it('makes certificates that sign themselves, and authorities, once', async () => {
    const made = await call('tls.create_self_signed_cert', [], { CN: 'test.example', bits: 1024 });
    const base = '/etc/pki/tls/certs/test.example';
    expect(made).toBe(`Created Private Key: "${base}.key" Created Certificate: "${base}.crt"`);
    expect((await host.files.stat(`${base}.key`))?.mode).toBe(0o600);
    expect(await call('x509.verify_signature', [`${base}.crt`])).toBe(true);
    expect(await call('tls.create_self_signed_cert', [], { CN: 'test.example' })).toBe(
      'Certificate "test.example" already exists',
    );
    expect(await call('tls.ca_exists', ['own'])).toBe(false);
    await call('tls.create_ca', ['own'], { bits: 1024, CN: 'Own CA' });
    expect(await call('tls.ca_exists', ['own'])).toBe(true);
    expect(await call('tls.get_ca', ['own'])).toBe('/etc/pki/own/own_ca_cert.crt');
    expect(await call('tls.get_expiration_date', [`${base}.crt`])).toMatch(/^\d{4}-\d\d-\d\d$/);
    await expect(call('tls.create_self_signed_cert', [], { tls_dir: '../x' })).rejects.toThrow('below the base');
  });
});

describe('sources of files', () => {
  it('have the hash that is given or that a list has', async () => {
    const [md5, sha1] = ['a'.repeat(32), 'b'.repeat(40)];
    const list = `${md5}  foo.txt\n${sha1} */x/bar.tar.gz\n`;
    await host.files.write('/etc/pki/sums', Buffer.from(list));
    expect(await call('file.get_source_sum', [], { source_hash: `md5=${md5.toUpperCase()}` })).toEqual(
      toValue({ hash_type: 'md5', hsum: md5 }),
    );
    expect(await call('file.get_source_sum', ['/y/bar.tar.gz', ''], { source_hash: '/etc/pki/sums' })).toEqual(
      toValue({ hsum: sha1, hash_type: 'sha1' }),
    );
    expect(await call('file.extract_hash', ['/etc/pki/sums', 'md5', '/z/foo.txt'])).toEqual(
      toValue({ hsum: md5, hash_type: 'md5' }),
    );
    expect(await call('file.extract_hash', ['/etc/pki/sums', 'sha512'])).toBe(null);
    await expect(call('file.get_source_sum', [], { source_hash: `sha1=${md5}` })).rejects.toThrow(
      "change the hash type to 'md5'",
    );
    await expect(call('file.get_source_sum', [], { source_hash: 'zz' })).rejects.toThrow('format is invalid');
    expect(await call('file.source_list', [['/none', { '/etc/pki/sums': 'h' }], 'x', 'base'])).toEqual([
      '/etc/pki/sums',
      'h',
    ]);
  });

  it('are counted in networks', async () => {
    expect(await call('netaddress.list_cidr_ips', ['10.0.0.4/30'])).toEqual([
      ...['10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.7'],
    ]);
    expect(await call('netaddress.cidr_broadcast', ['10.0.0.0/20'])).toBe('10.0.15.255');
  });
});
