import { createPublicKey, type KeyObject } from 'node:crypto';
import { isAppError, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, integer, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readCertificates, readRequest, type Certificate } from '../../providers/x509/certificates.ts';
import {
  createKey,
  describeKey,
  encodeKey,
  keyEncodings,
  isPair,
  loadBytes,
  loadPrivateKey,
  loadPublicKey,
  type KeyEncoding,
} from '../../providers/x509/keys.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';

const passphrase = secret(optional(text())).describe('What the key is encrypted with.');
const privateKey = secret(text(), 'key material').describe('The private key: a path or PEM.');
const encoding = withDefault(oneOf(...keyEncodings), 'pem').describe('pem, or der or pkcs12 (in base64).');
const pkcs12_encryption_compat = withDefault(flag(), false).describe('Whether old programs can read a PKCS#12 file.');
const raw = optional(flag()).describe('Accepted for Salt: what is binary is answered in base64.');

/** A public key as files have it. */
export function publicPem(key: KeyObject): string {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return open.export({ type: 'spki', format: 'pem' }).toString();
}

/** The public key of a certificate, a public or private key, or a request. Throws `state-failed`. */
export async function findPublicKey({ host }: FunctionContext, source: string, secret?: string): Promise<KeyObject> {
  try {
    if (secret !== undefined) return createPublicKey(await loadPrivateKey(host, source, secret));
    return await loadPublicKey(host, source);
  } catch (error) {
    if (!isAppError(error, 'state-failed')) throw error;
    const bytes = await loadBytes(host, source);
    const readers = [() => readRequest(bytes).publicKey, () => firstOf(readCertificates(bytes)).publicKey];
    for (const read of readers)
      try {
        return read();
      } catch {
        // Another form may fit.
      }
    throw error;
  }
}

function firstOf(certificates: readonly Certificate[]): Certificate {
  const [first] = certificates;
  if (first === undefined) throw failure('Could not load certificate');
  return first;
}

export const createPrivateKeyFunction = defineFunction({
  name: 'x509.create_private_key',
  summary: 'Makes a private key and answers it, or where it was written.',
  args: z.object({
    algo: withDefault(oneOf('rsa', 'ec', 'ed25519', 'ed448'), 'rsa').describe('Its kind.'),
    keysize: optional(integer()).describe('Its bits.'),
    passphrase: secret(optional(text())).describe('What it is to be encrypted with.'),
    encoding,
    pkcs12_encryption_compat,
    path: optional(safeName('a path')).describe('A file to write it to.'),
    raw,
    bits: optional(integer()).describe('The same as keysize.'),
    cipher: optional(text()).describe('Accepted; keys are encrypted with AES-256.'),
    verbose: optional(flag()).describe('Accepted without effect, as in Salt.'),
    text: optional(flag()).describe('Accepted without effect, as in Salt.'),
  }),
  examples: ["'*' x509.create_private_key algo=ec keysize=384", "'*' x509.create_private_key path=/etc/pki/my.key"],
  async run(args, { host }): Promise<Plain> {
    const size = args.keysize ?? args.bits;
    const made = encodeKey(createKey(args.algo, size), args.encoding, args.passphrase, args.pkcs12_encryption_compat);
    if (args.path === undefined) return shown(made, args.encoding);
    await host.files.write(args.path, made, { mode: 0o600 });
    return args.encoding === 'pem' ? `PEM written to ${args.path}` : null;
  },
});

function shown(content: Buffer, form: KeyEncoding): string {
  return form === 'pem' ? content.toString('utf8') : content.toString('base64');
}

export const encodePrivateKey = defineFunction({
  name: 'x509.encode_private_key',
  summary: 'A private key in another form.',
  args: z.object({
    private_key: text().describe('The private key: a path or PEM.'),
    encoding,
    passphrase: secret(optional(text())).describe('What it is to be encrypted with.'),
    private_key_passphrase: passphrase,
    pkcs12_encryption_compat,
    raw,
  }),
  examples: ["'*' x509.encode_private_key /etc/pki/my.key der"],
  async run(args, { host }) {
    const key = await loadPrivateKey(host, args.private_key, args.private_key_passphrase);
    return shown(encodeKey(key, args.encoding, args.passphrase, args.pkcs12_encryption_compat), args.encoding);
  },
});

export const getPrivateKeySize = defineFunction({
  name: 'x509.get_private_key_size',
  summary: 'The bits of a private key; null for kinds that have one size only.',
  args: z.object({ private_key: privateKey, passphrase }),
  examples: ["'*' x509.get_private_key_size /etc/pki/my.key"],
  run: async (args, { host }) =>
    describeKey(await loadPrivateKey(host, args.private_key, args.passphrase)).size ?? null,
});

export const getPublicKey = defineFunction({
  name: 'x509.get_public_key',
  summary: 'The public key of a certificate, a key or a request.',
  args: z.object({ key: text().describe('A path or PEM.'), passphrase }),
  examples: ["'*' x509.get_public_key /etc/pki/my.key"],
  run: async (args, context) => publicPem(await findPublicKey(context, args.key, args.passphrase)),
});

export const verifyPrivateKey = defineFunction({
  name: 'x509.verify_private_key',
  summary: 'Whether a private key belongs to a public one.',
  args: z.object({
    private_key: privateKey,
    public_key: text().describe('A certificate, a key or a request: a path or PEM.'),
    passphrase,
  }),
  examples: ["'*' x509.verify_private_key /etc/pki/my.key /etc/pki/my.crt"],
  async run(args, context) {
    const key = await loadPrivateKey(context.host, args.private_key, args.passphrase);
    return isPair(key, await findPublicKey(context, args.public_key));
  },
});
