import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeState, type FakeProgram } from '@brine/testkit';
import { cert } from './cert.ts';

function makeCertificate(days: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'brine-acme-'));
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${folder}/key`];
  const rest = ['-subj', '/CN=www.example.org', '-days', days, '-out', `${folder}/crt`];
  execFileSync('openssl', ['req', '-x509', ...key, ...rest], { stdio: 'ignore' });
  const text = readFileSync(`${folder}/crt`, 'utf8');
  rmSync(folder, { recursive: true });
  return text;
}

const long = makeCertificate('90');
const live = '/etc/letsencrypt/live/www.example.org';
const certbot: FakeProgram = async (args, machine) => {
  if (args.includes('--domains=fails.example.org')) return { exitCode: 1, stderr: 'no such host\n' };
  if ((await machine.files.stat(live)) === undefined) await machine.files.makeDirectory(live, { parents: true });
  await machine.files.write(`${live}/cert.pem`, Buffer.from(long));
  await machine.files.write(`${live}/privkey.pem`, Buffer.from('key'), { mode: 0o600 });
  machine.facts.set('called', args);
  return '';
};
const before = { programs: { certbot } };
const held = { [`${live}/cert.pem`]: long, [`${live}/privkey.pem`]: { text: 'key', mode: 0o640 } };

describeState(cert, [
  {
    title: 'obtains a certificate',
    before,
    arguments: { name: 'www.example.org', aliases: ['example.org'], email: 'a@example.org', webroot: '/var/www' },
    pending: {
      comment: 'Certificate www.example.org would have been obtained.',
      changes: { old: null, new: 'new certificate' },
    },
    applied: { comment: 'Certificate www.example.org obtained' },
    after: { [`${live}/privkey.pem`]: { text: 'key', mode: 0o640 } },
  },
  {
    title: 'leaves one alone that lasts',
    before: { ...before, files: held },
    arguments: { name: 'www.example.org', renew: 30 },
    ok: 'Certificate www.example.org exists and does not need renewal.',
  },
  {
    title: 'renews one that ends within the days given',
    before: { ...before, files: held },
    arguments: { name: 'www.example.org', renew: 100 },
    pending: {
      comment: 'Certificate www.example.org would have been renewed.',
      changes: { old: 'current certificate', new: 'new certificate' },
    },
    applied: { comment: 'Certificate www.example.org renewed' },
    again: 'the certificate of this authority lasts 90 days',
  },
  {
    title: 'tells what certbot said',
    before,
    arguments: { name: 'fails.example.org' },
    pending: {
      comment: 'Certificate fails.example.org would have been obtained.',
      changes: { old: null, new: 'new certificate' },
    },
    applied: {
      comment: 'Certificate fails.example.org renewal failed with: certbot ended with status 1: no such host',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'needs certbot',
    arguments: { name: 'www.example.org' },
    fails: 'certbot is not installed on this minion',
  },
  {
    title: 'refuses an option for a domain',
    before,
    arguments: { name: '--standalone' },
    fails: 'The domains of --standalone cannot be such',
  },
]);
