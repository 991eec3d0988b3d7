import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch, type Scratch } from '../../../test-support/scratch-context.ts';
import { createNaclDecrypt } from './nacl-decrypt.ts';

// Made by Salt 3006 with libnacl.
const salts = {
  sk: 'peAQHhvsI0AUCxOw+FPXQDYSDH3ZIpB0dk86HRAG9a8=',
  sealed: '2JiZoSjcyfrL2NBrTnnKItQi8GZZLukvEh7DPodVnUyh22azAgDyZFM8l1e3fRfQ8kgpaeM=',
  boxed: 'GhtZPI7oUjYAid/ShmUzr2xGn5jMd/S/4s4WOo6VrMg4J6UUkPS7MYmMfQ==',
};

async function call(name: string, positional: string[], keyword = {}, scratch: Scratch = {}): Promise<unknown> {
  return (await callScratch(name, { positional, keyword, ...scratch })).value;
}

describe('nacl', () => {
  it('reads what Salt encrypted', async () => {
    const { sk } = salts;
    expect(await call('nacl.dec', [salts.sealed], { sk })).toBe('hello');
    expect(await call('nacl.secretbox_decrypt', [salts.boxed], { sk })).toBe('foo');
    expect(await call('nacl.dec', [salts.boxed], { key: sk })).toBe('foo');
    expect(await call('nacl.dec', [salts.boxed], { sk, box_type: 'secretbox' })).toBe('foo');
  });

  it('encrypts for the configured key files, each time anew', async () => {
    const host = createFakeHost({});
    const options = { 'nacl.config': { sk_file: '/keys/nacl', pk_file: '/keys/nacl.pub' } };
    const scratch = { host, options };
    await host.files.makeDirectory('/keys', { parents: true });
    expect(await call('nacl.keygen', [], { sk_file: '/keys/nacl' }, scratch)).toBe(
      'saved sk_file:/keys/nacl  pk_file: /keys/nacl.pub',
    );
    expect((await host.files.stat('/keys/nacl'))?.mode).toBe(0o600);
    const [first, second] = [
      await call('nacl.enc', ['pässword'], {}, scratch),
      await call('nacl.enc_pub', ['pässword'], {}, scratch),
    ];
    expect(first).not.toBe(second);
    for (const box of [first, second]) {
      expect(await call('nacl.dec', [String(box)], {}, scratch)).toBe('pässword');
    }
    const decrypt = createNaclDecrypt({
      host,
      options: new Map([['nacl.config', new Map([['sk_file', '/keys/nacl']])]]),
    });
    expect(new TextDecoder().decode(await decrypt(String(first)))).toBe('pässword');
  });

  it('makes the public key of a secret key that is there, and never writes over one', async () => {
    const host = createFakeHost({ files: { '/k': salts.sk } });
    expect(await call('nacl.keygen', [], { sk_file: '/k' }, { host })).toBe('saved pk_file: /k.pub');
    await expect(call('nacl.keygen', [], { sk_file: '/k' }, { host })).rejects.toThrow('already exist');
    await host.files.remove('/k');
    await expect(call('nacl.keygen', [], { sk_file: '/k' }, { host })).rejects.toThrow('and sk_file:/k does not');
  });

  it('encrypts and decrypts files, and writes over none', async () => {
    const host = createFakeHost({ files: { '/k': salts.sk, '/plain': 'a\nb\n' } });
    await call('nacl.keygen', [], { sk_file: '/k' }, { host });
    const keys = { sk_file: '/k', pk_file: '/k.pub' };
    expect(await call('nacl.enc_file', ['/plain'], { out: '/sealed', ...keys }, { host })).toBe('Wrote: /sealed');
    expect(await call('nacl.dec_file', ['/sealed'], keys, { host })).toBe('a\nb\n');
    await expect(call('nacl.dec_file', ['/sealed'], { out: '/plain', ...keys }, { host })).rejects.toThrow(
      'file:/plain already exist.',
    );
    for (const missing of ['/missing', 'salt://missing']) {
      await expect(call('nacl.enc_file', [missing], keys, { host })).rejects.toThrow('no such file');
    }
    await expect(call('nacl.enc_file', ['missing'], keys, { host })).rejects.toThrow("Path 'missing' is not absolute");
  });

  it('says what is wrong with a key or a box', async () => {
    const other = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
    await expect(call('nacl.dec', [salts.sealed], { sk: other })).rejects.toThrow('Unable to decrypt message');
    await expect(call('nacl.dec', ['no base64!'], { sk: salts.sk })).rejects.toThrow('is not base64');
    await expect(call('nacl.enc', ['x'], { pk: 'abcd' })).rejects.toThrow('is not a key: 32 bytes in base64 are one');
    await expect(
      call('nacl.enc', ['x'], {}, { options: { pki_dir: '/pki' }, host: createFakeHost({}) }),
    ).rejects.toThrow('no pubkey or pk_file found: there is no /pki/master/nacl.pub');
    await expect(call('nacl.enc', ['x'], { box_type: 'chest' })).rejects.toThrow('neither sealedbox nor secretbox');
  });

  it('has what it decrypts hidden, as what it is given for that, and looks for its keys in no grain', async () => {
    const hidden: string[] = [];
    const keepSecret = async (text: string): Promise<void> => void hidden.push(text);
    await call('nacl.dec', [salts.sealed], { sk: salts.sk }, { context: { keepSecret } });
    expect(hidden).toEqual([salts.sealed, salts.sk, 'hello']);
    const grains = { 'nacl.config': { sk: salts.sk } };
    await expect(call('nacl.dec', [salts.sealed], {}, { grains, host: createFakeHost({}) })).rejects.toThrow(
      'no key or sk_file found',
    );
  });
});
