import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { decodeMessage, decodeValue, encodeValue, toPlain, toValue, type Value } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinEvilMinion, type EvilMinion } from '../security/evil-minion.ts';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;
let evil: EvilMinion;

/** The states of the authority itself, and of a machine that gets its certificate of it. */
const authorityStates = `{{ opts.root_dir }}/issued:
  file.directory: []
{{ opts.root_dir }}/ca.key:
  x509.private_key_managed:
    - algo: ec
{{ opts.root_dir }}/ca.crt:
  x509.certificate_managed:
    - signing_private_key: {{ opts.root_dir }}/ca.key
    - CN: Fleet CA
    - basicConstraints: critical, CA:true
    - days_valid: 3650
`;
const webStates = `{{ opts.root_dir }}/www.key:
  x509.private_key_managed:
    - algo: ec
{{ opts.root_dir }}/www.crt:
  x509.certificate_managed:
    - ca_server: ca
    - signing_policy: {{ pillar.get('policy', 'www') }}
    - private_key: {{ opts.root_dir }}/www.key
    - CN: www.example.com
    - O: Not What The Policy Says
    - days_remaining: {{ pillar.get('remaining', 10) }}
    - append_certs: []
`;

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  const signs = { signing_private_key: folder.at('ca/ca.key'), signing_cert: folder.at('ca/ca.crt') };
  const policies = {
    www: { minions: 'web*', ...signs, O: 'Example', days_valid: 30, copypath: folder.at('ca/issued') },
    linux: { minions: 'G@id:web1', ...signs, O: 'Example' },
    all: { ...signs, O: 'Example' },
  };
  folder.write('states/authority.sls', authorityStates);
  folder.write('states/web.sls', webStates);
  folder.write('pillar/top.sls', "base:\n  'ca':\n    - authority\n");
  folder.write('pillar/authority.sls', `x509_signing_policies: ${JSON.stringify(policies)}\n`);
  await fleet.startMaster({ peer: { '.*': ['x509.sign_remote_certificate'], ca: ['match.compound'] } });
  await fleet.join('ca', 'web1', 'db1');
});

beforeAll(async () => {
  await apply('ca', 'authority');
  evil = await joinEvilMinion(fleet, 'evil');
});

afterAll(async () => {
  await evil.bus.stop();
  await fleet.end();
});

interface StepAnswer {
  readonly result: boolean | null;
  readonly comment: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

async function answerOf(minion: string, ...words: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await fleet.run('salt', '--out', 'json', '--static', minion, ...words);
  if (!stdout.startsWith('{')) throw new Error(stdout + stderr);
  return (JSON.parse(stdout) as Record<string, unknown>)[minion];
}

/** The step of the certificate. */
async function apply(minion: string, sls: string, ...words: readonly string[]): Promise<StepAnswer> {
  const steps = Object.values((await answerOf(minion, 'state.apply', sls, ...words)) as Record<string, StepAnswer>);
  const last = steps.at(-1);
  if (last === undefined) throw new Error('nothing was applied');
  return { result: last.result, comment: last.comment, changes: last.changes };
}

const certificate = (): X509Certificate => new X509Certificate(readFileSync(fleet.folder.at('web1/www.crt')));

describe('a certificate that another minion signs', () => {
  it('is foretold, issued by the policy, and left alone while it is good', async () => {
    const path = fleet.folder.at('web1/www.crt');
    await answerOf(
      'web1',
      'state.single',
      'x509.private_key_managed',
      `name=${fleet.folder.at('web1/www.key')}`,
      'algo=ec',
    );
    expect(await apply('web1', 'web', 'test=True')).toEqual({
      ...{ result: null, comment: 'The certificate would have been created', changes: { created: path } },
    });
    expect([readdirSync(fleet.folder.at('ca/issued')), existsSync(path)]).toEqual([[], false]);
    expect(await apply('web1', 'web')).toEqual({
      ...{ result: true, comment: 'The certificate has been created', changes: { created: path } },
    });
    const issued = certificate();
    const authority = new X509Certificate(readFileSync(fleet.folder.at('ca/ca.crt')));
    expect(issued.verify(authority.publicKey)).toBe(true);
    expect(issued.subject.split('\n').toSorted()).toEqual(['CN=www.example.com', 'O=Example']);
    expect(Math.round((Date.parse(issued.validTo) - Date.parse(issued.validFrom)) / 86_400_000)).toBe(30);
    expect(readdirSync(fleet.folder.at('ca/issued'))).toEqual([
      `${BigInt(`0x${issued.serialNumber}`).toString(16)}.crt`,
    ]);
    expect(await apply('web1', 'web')).toEqual({
      ...{ result: true, comment: 'The certificate is in the correct state', changes: {} },
    });
    expect(certificate().serialNumber).toBe(issued.serialNumber);
  });

  it('is renewed when it ends soon', async () => {
    const before = certificate().serialNumber;
    const soon = `pillar=${JSON.stringify({ remaining: 40 })}`;
    expect(await apply('web1', 'web', 'test=True', soon)).toEqual({
      ...{ result: null, comment: 'The certificate would have been recreated', changes: { expiration: true } },
    });
    expect(certificate().serialNumber).toBe(before);
    expect(await apply('web1', 'web', soon)).toMatchObject({ result: true, changes: { expiration: true } });
    expect(certificate().serialNumber).not.toBe(before);
  });

  it('tells others of a policy without what signs, and issues by functions too', async () => {
    const policy = (await answerOf('web1', 'x509.get_signing_policy', 'www', 'ca_server=ca')) as Record<
      string,
      unknown
    >;
    expect(Object.keys(policy).toSorted()).toEqual(['O', 'days_valid', 'signing_cert']);
    expect(policy['signing_cert']).toBe(readFileSync(fleet.folder.at('ca/ca.crt'), 'utf8'));
    const made = await answerOf(
      'web1',
      'x509.create_certificate',
      'ca_server=ca',
      'signing_policy=www',
      'CN=by-hand',
      `private_key=${fleet.folder.at('web1/www.key')}`,
    );
    expect(new X509Certificate(made as string).subject).toContain('CN=by-hand');
  });

  it('asks the minion what it is for a policy with a compound', async () => {
    const linux = `pillar=${JSON.stringify({ policy: 'linux', remaining: 1 })}`;
    expect(await apply('web1', 'web', linux)).toMatchObject({ result: true });
    expect(await apply('db1', 'web', linux)).toMatchObject({
      result: false,
      comment: 'ca_server reported errors:\nminion not permitted to use specified signing policy',
    });
  });

  it('is refused to minions that the policy does not name', async () => {
    expect(await apply('db1', 'web')).toEqual({
      result: false,
      comment: 'ca_server reported errors:\nminion not permitted to use specified signing policy',
      changes: {},
    });
  });
});

const refused = (reason: string) => ({ data: null, errors: [reason] });
const notPermitted = refused('minion not permitted to use specified signing policy');
const unknown = refused('minion sending this request could not be identified');

async function publish(
  body: Readonly<Record<string, unknown>>,
  keyword: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const begun = await evil.ask('peer.publish', {
    ...{ tgt: 'ca', fun: 'x509.sign_remote_certificate', deliverWithin: 30_000 },
    positional: encodeValue(['www', new Map<Value, Value>([['CN', 'evil']]), true]),
    keyword: encodeValue(toValue(keyword)),
    ...body,
  });
  if (!('answer' in begun)) return begun;
  const { jid } = decodeMessage(begun.answer) as { readonly jid: string };
  for (;;) {
    const waited = await evil.ask('peer.wait', { jid, milliseconds: 5_000 });
    if (!('answer' in waited)) return waited;
    const { done, value } = decodeMessage(waited.answer) as { readonly done: boolean; readonly value: Uint8Array };
    if (done) return (toPlain(decodeValue(value)) as { readonly ca?: unknown }).ca;
  }
}

describe('who asks for a certificate', () => {
  it('is the minion whose session it is, whatever the request says', async () => {
    expect(await publish({})).toEqual(notPermitted);
    expect(await publish({ asker: 'web1', user: 'web1', __pub_id: 'web1', id: 'web1' })).toEqual(notPermitted);
    expect(await publish({}, { __pub_id: 'web1' })).toEqual(notPermitted);
    expect(await publish({}, { __pub_id: 'web1', __pub_user: 'web1', __pub_arg: 'web1' })).toEqual(notPermitted);
    const named = await publish({}, { asker: 'web1' });
    expect(JSON.stringify(named)).not.toContain('signing_cert');
  });

  it('is nobody for an operator, who cannot say otherwise', async () => {
    const sign = ['x509.sign_remote_certificate', 'www', 'kwargs={CN: x}'];
    expect(await answerOf('ca', ...sign)).toEqual(unknown);
    expect(await answerOf('ca', ...sign, '__pub_id=web1')).toEqual(unknown);
    const { stdout } = await fleet.call('ca', '--out', 'json', ...sign, '__pub_id=web1');
    expect((JSON.parse(stdout) as { readonly local: unknown }).local).toEqual(unknown);
  });

  it('names no file of the signing machine and not what signs', async () => {
    const path = fleet.folder.at('ca/ca.key');
    const ask = (wishes: Readonly<Record<string, string>>) =>
      publish({ positional: encodeValue(['all', toValue({ CN: 'evil', ...wishes }), false]) });
    expect(await ask({ public_key: path })).toEqual(refused('public_key has to be in PEM'));
    expect(await ask({ csr: path })).toEqual(refused('csr has to be in PEM'));
    const needed =
      'This certificate is not self-signed (signing_cert is set) and thus needs public_key, private_key or csr to derive public key to sign';
    expect(await ask({ private_key: path, signing_private_key: path, copypath: fleet.folder.at('evil') })).toEqual(
      refused(needed),
    );
    expect(existsSync(fleet.folder.at('evil'))).toBe(false);
  });
});
