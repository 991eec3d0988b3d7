import { toValue, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const host = createFakeHost({ files: { '/etc/pki/x': '' } });

async function call(name: string, positional: readonly Plain[] = [], keyword: Readonly<Record<string, Plain>> = {}) {
  return (await callScratch(name, { positional, keyword, host })).value;
}

async function makeAuthority(): Promise<void> {
  await call('x509.create_private_key', [], { algo: 'ec', path: '/etc/pki/ca.key' });
  await call('x509.create_certificate', [], {
    ...{ signing_private_key: '/etc/pki/ca.key', path: '/etc/pki/ca.crt', serial_number: 4660, digest: 'sha384' },
    ...{ subject: ['C=DE', 'O=Exam\\, ple', 'CN=CA'], not_before: '2026-01-01 00:00:00' },
    ...{ not_after: '2060-01-01 00:00:00', basicConstraints: 'critical, CA:true, pathlen:1' },
    ...{ keyUsage: 'keyAgreement, encipherOnly', extendedKeyUsage: 'serverAuth, 1.2.3.4' },
    ...{ subjectAltName: ['DNS:a.b', 'IP:::1', 'email:a@b.c', 'URI:http://x/', 'RID:1.2.3', 'dirName:CN=a,C=DE'] },
    ...{ nameConstraints: 'permitted;IP:10.0.0.0/255.0.0.0,permitted;IP:2001:db8::/32,excluded;email:.com' },
    ...{ authorityInfoAccess: 'OCSP;URI:http://o/', policyConstraints: 'requireExplicitPolicy:3' },
    ...{
      certificatePolicies: { '1.2.3': 'http://p/', '1.2.4': [{ organization: 'O', noticeNumbers: [1], text: 't' }] },
    },
    ...{ inhibitAnyPolicy: 1, noCheck: true, tlsfeature: 'status_request' },
    crlDistributionPoints: [{ relativename: 'CN=r', crlissuer: 'DNS:i', reasons: ['keyCompromise', 'superseded'] }],
  });
}

const extensions = {
  basicConstraints: { critical: true, ca: true, pathlen: 1 },
  keyUsage: {
    ...{ critical: false, cRLSign: false, dataEncipherment: false, decipherOnly: false, digitalSignature: false },
    ...{ encipherOnly: true, keyAgreement: true, keyCertSign: false, keyEncipherment: false, nonRepudiation: false },
  },
  extendedKeyUsage: { critical: false, value: ['serverAuth', '1.2.3.4'] },
  authorityInfoAccess: { critical: false, value: [{ OCSP: 'http://o/' }] },
  subjectAltName: {
    critical: false,
    value: [
      ...['DNS:a.b', 'IP:0000:0000:0000:0000:0000:0000:0000:0001', 'mail:a@b.c', 'URI:http://x/', 'RID:1.2.3'],
      'dirName:CN=a,C=DE',
    ],
  },
  crlDistributionPoints: {
    critical: false,
    value: [{ crlissuer: ['DNS:i'], fullname: [], reasons: ['keyCompromise', 'superseded'], relativename: 'CN=r' }],
  },
  certificatePolicies: {
    critical: false,
    value: [
      { '1.2.3': [{ practice_statement: 'http://p/' }] },
      { '1.2.4': [{ organizataion: 'O', notice_numbers: [1], explicit_text: 't' }] },
    ],
  },
  policyConstraints: { critical: false, inhibitPolicyMapping: null, requireExplicitPolicy: 3 },
  inhibitAnyPolicy: { critical: false, value: 1 },
  nameConstraints: {
    critical: false,
    excluded: ['mail:.com'],
    permitted: ['IP:10.0.0.0/8', 'IP:2001:0db8:0000:0000:0000:0000:0000:0000/32'],
  },
  noCheck: { critical: false, value: true },
  tlsfeature: { critical: false, value: ['status_request'] },
};

describe('x509 readings', () => {
  it('tell what a certificate says, from a path, from PEM and from bytes in base64', async () => {
    await makeAuthority();
    const party = { C: 'DE', O: 'Exam, ple', CN: 'CA' };
    const read = (await call('x509.read_certificate', ['/etc/pki/ca.crt'])) as Map<string, unknown>;
    expect(read).toEqual(
      toValue({
        ...{ version: 3, key_size: 256, key_type: 'ec', serial_number: '12:34' },
        fingerprints: read.get('fingerprints') as Plain,
        ...{ subject: party, subject_hash: read.get('subject_hash') as Plain, subject_str: 'CN=CA,O=Exam\\, ple,C=DE' },
        ...{ issuer: party, issuer_hash: read.get('subject_hash') as Plain, issuer_str: 'CN=CA,O=Exam\\, ple,C=DE' },
        ...{ not_before: '2026-01-01 00:00:00', not_after: '2060-01-01 00:00:00' },
        public_key: await call('x509.get_public_key', ['/etc/pki/ca.key']),
        ...{ extensions, signature_algorithm: 'ecdsa-with-SHA384' },
      }),
    );
    expect(read.get('subject_hash')).toMatch(/^([0-9A-F]{2}:){3}[0-9A-F]{2}$/);
    const bytes = await call('x509.encode_certificate', ['/etc/pki/ca.crt', 'der']);
    expect(await call('x509.read_certificate', [bytes])).toEqual(read);
    const message = await call('x509.encode_certificate', ['/etc/pki/ca.crt', 'pkcs7_pem']);
    expect(await call('x509.read_certificate', [message])).toEqual(read);
    await host.files.write('/etc/pki/b.crt', Buffer.from('nothing'));
    expect(await call('x509.read_certificates', ['/etc/pki/*.crt'])).toEqual(new Map([['/etc/pki/ca.crt', read]]));
    await expect(call('x509.read_certificate', ['/etc/pki/b.crt'])).rejects.toThrow('Could not load');
  });

  it('tell what a request and a list of revoked certificates say', async () => {
    await makeAuthority();
    await call('x509.create_csr', ['/etc/pki/ca.key'], { CN: 'w', path: '/etc/pki/w.csr', subjectAltName: 'DNS:w' });
    const request = (await call('x509.read_csr', ['/etc/pki/w.csr'])) as Map<string, unknown>;
    expect(request.get('subject_str')).toBe('CN=w');
    expect(request.get('extensions')).toEqual(toValue({ subjectAltName: { critical: false, value: ['DNS:w'] } }));
    const revoked = {
      ...{ serial_number: 255, revocation_date: '2020-01-01 00:00:00' },
      extensions: { CRLReason: 'keyCompromise', invalidityDate: '2019-01-01 00:00:00', certificateIssuer: 'DNS:i' },
    };
    const point = { fullname: 'URI:http://x/', onlyuser: true, onlysomereasons: ['keyCompromise'] };
    const signer = { signing_private_key: '/etc/pki/ca.key', signing_cert: '/etc/pki/ca.crt' };
    const answer = await call('x509.create_crl', [], {
      ...{ ...signer, path: '/etc/pki/a.crl', revoked: [revoked] },
      extensions: { cRLNumber: 7, deltaCRLIndicator: 'critical, 6', issuingDistributionPoint: point },
    });
    expect(answer).toBe('PEM written to /etc/pki/a.crl');
    const list = (await call('x509.read_crl', ['/etc/pki/a.crl'])) as Map<string, unknown>;
    expect(list.get('revoked_certificates')).toEqual(
      toValue({
        FF: {
          revocation_date: '2020-01-01 00:00:00',
          extensions: {
            certificateIssuer: { critical: false, value: ['DNS:i'] },
            CRLReason: { critical: false, value: 'keyCompromise' },
            invalidityDate: { critical: false, value: '2019-01-01 00:00:00' },
          },
        },
      }),
    );
    expect(list.get('extensions')).toEqual(
      toValue({
        cRLNumber: { critical: false, value: 7 },
        deltaCRLIndicator: { critical: true, value: 6 },
        issuingDistributionPoint: {
          ...{ critical: false, fullname: ['URI:http://x/'], onysomereasons: ['keyCompromise'], relativename: null },
          ...{ onlyuser: true, onlyCA: false, onlyAA: false, indirectCRL: false },
        },
      }),
    );
    expect(await call('x509.verify_crl', ['/etc/pki/a.crl', '/etc/pki/ca.crt'])).toBe(true);
    const other = await call('x509.create_private_key', [], { algo: 'ed25519' });
    expect(await call('x509.verify_crl', [await call('x509.encode_crl', ['/etc/pki/a.crl', 'der']), other])).toBe(
      false,
    );
  });
});
