import { describeRealState } from '@brine/testkit';
import type { Host } from '../../kit/index.ts';
import { issueCertificate } from '../../providers/x509/certificates.ts';
import { createKey, wrapPem } from '../../providers/x509/keys.ts';
import { toName } from '../../providers/x509/names.ts';
import { validCertificate } from './valid-certificate.ts';

const makeCertificate =
  (from: string, to: string) =>
  async (folder: string, host: Host): Promise<void> => {
    const key = createKey('ec', undefined);
    const name = toName('CN=x');
    const [notBefore, notAfter] = [new Date(from), new Date(to)];
    const body = { serial: 1n, issuer: name, subject: name, notBefore, notAfter, publicKey: key, extensions: [] };
    const pem = wrapPem('CERTIFICATE', issueCertificate(body, key, 'sha256'));
    await host.files.write(`${folder}/crt`, Buffer.from(pem));
  };

describeRealState(validCertificate, [
  {
    title: 'fails for one that ended',
    before: makeCertificate('2019-01-01', '2020-01-01'),
    arguments: (folder) => ({ name: `${folder}/crt` }),
    fails: () => 'Certificate is expired',
  },
  {
    title: 'fails for one that is still to begin',
    before: makeCertificate('2190-01-01', '2191-01-01'),
    arguments: (folder) => ({ name: `${folder}/crt` }),
    fails: () => 'Certificate is not yet valid',
  },
  {
    title: 'fails for what is no certificate',
    before: (folder, host) => host.files.write(`${folder}/crt`, Buffer.from('nothing')),
    arguments: (folder) => ({ name: `${folder}/crt` }),
    fails: () => 'Could not load PEM-encoded or DER-encoded certificate',
  },
]);
