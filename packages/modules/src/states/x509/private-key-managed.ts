import type { KeyObject } from 'node:crypto';
import { isAppError, type Changes, type CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  integer,
  oneOf,
  optional,
  text,
  withDefault,
  type Host,
  type StateContext,
  secret,
} from '../../kit/index.ts';
import { checkFilePlace, fileArguments, type FileWish } from '../../providers/files/file-arguments.ts';
import { omitAbsent } from '../../providers/omit-absent.ts';
import {
  createKey,
  describeKey,
  encodeKey,
  keyEncodingOf,
  keyEncodings,
  readPrivateKey,
  type KeyEncoding,
} from '../../providers/x509/keys.ts';
import { settleFile } from '../../providers/x509/settle-file.ts';

/** `x509.private_key_managed` */
export const privateKeyManaged = defineState({
  name: 'x509.private_key_managed',
  summary: 'Keeps a private key in a file, made anew only when its kind or size is another.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    algo: withDefault(oneOf('rsa', 'ec', 'ed25519', 'ed448'), 'rsa').describe('The kind of key.'),
    keysize: optional(integer()).describe('Bits: 2048 for rsa and 256 for ec unless given.'),
    bits: optional(integer()).describe('The same as keysize.'),
    passphrase: secret(optional(text())).describe('What the key is encrypted with.'),
    encoding: withDefault(oneOf(...keyEncodings), 'pem').describe('pem, der or pkcs12.'),
    new: withDefault(flag(), false).describe('Whether a new key is made each time, as with prereq.'),
    overwrite: withDefault(flag(), false).describe('Whether what cannot be read as a key is replaced.'),
    pkcs12_encryption_compat: withDefault(flag(), false).describe('Whether old programs can read a PKCS#12 file.'),
    cipher: optional(text()).describe('Accepted; keys are encrypted with AES-256.'),
    verbose: optional(flag()).describe('Accepted without effect, as in Salt.'),
    ...fileArguments,
  }),
  examples: [
    `/etc/ssl/private/web.key:
  x509.private_key_managed:
    - algo: ec
    - keysize: 384`,
  ],
  async check(args, context) {
    // Nobody else reads a key unless that is said.
    const wish = { ...args, mode: args.mode ?? 0o400 };
    if ((args.keysize ?? args.bits) !== undefined && args.algo.startsWith('ed'))
      return fails(`keysize is an invalid parameter for ${args.algo}`);
    try {
      return (await checkFilePlace(wish, context)) ?? (await checkKey(wish, context));
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});

interface KeyWish extends FileWish {
  readonly algo: 'rsa' | 'ec' | 'ed25519' | 'ed448';
  readonly keysize: number | undefined;
  readonly bits: number | undefined;
  readonly passphrase: string | undefined;
  readonly encoding: KeyEncoding;
  readonly pkcs12_encryption_compat: boolean;
  readonly new: boolean;
  readonly overwrite: boolean;
}

const refusals = {
  'bad-passphrase':
    'The provided passphrase cannot decrypt the private key. Pass overwrite: true to force regeneration',
  'no-key':
    'The existing file does not seem to be a private key formatted as DER, PEM or embedded in PKCS12. Pass overwrite: true to force regeneration',
  encrypted: 'The existing file is encrypted. Pass overwrite: true to force regeneration without passphrase',
} as const;

async function checkKey(wish: KeyWish, context: StateContext): Promise<CheckOutcome<Host>> {
  const size = wish.keysize ?? wish.bits;
  const make = (): Buffer => encodeWish(createKey(wish.algo, size), wish);
  const found = await context.host.files.read(wish.name);
  const settle = (changes: Changes, exists = true): Promise<CheckOutcome<Host>> =>
    settleFile(wish, { noun: 'private key', changes, exists, make }, context);
  if (found === undefined) return settle({ created: wish.name }, false);
  if (wish.new) return settle({ replaced: wish.name });
  const bytes = Buffer.from(found);
  const key = readPrivateKey(bytes, wish.passphrase);
  if ('refusal' in key && key.refusal !== 'unencrypted') {
    if (!wish.overwrite) return fails(refusals[key.refusal]);
    return settle(key.refusal === 'no-key' ? { created: wish.name } : { passphrase: true });
  }
  const isClear = 'refusal' in key;
  const current = isClear ? readPrivateKey(bytes, undefined) : key;
  if ('refusal' in current) return fails(refusals['no-key']);
  const changes = omitAbsent({
    passphrase: isClear ? true : undefined,
    ...compareKey(wish, describeKey(current), size),
    encoding: keyEncodingOf(bytes) === wish.encoding ? undefined : wish.encoding,
  });
  return settleKey(wish, { changes, current, make }, context);
}

function encodeWish(key: KeyObject, wish: KeyWish): Buffer {
  return encodeKey(key, wish.encoding, wish.passphrase, wish.pkcs12_encryption_compat);
}

// A key that is only to be written in another way stays the same.
function settleKey(
  wish: KeyWish,
  { changes, current, make }: { readonly changes: Changes; readonly current: KeyObject; readonly make: () => Buffer },
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const isOther = 'algo' in changes || 'keysize' in changes;
  const again = (): Buffer => encodeWish(current, wish);
  return settleFile(wish, { noun: 'private key', changes, exists: true, make: isOther ? make : again }, context);
}

function compareKey(
  { algo }: KeyWish,
  current: ReturnType<typeof describeKey>,
  size: number | undefined,
): { readonly algo?: string; readonly keysize?: number | null } {
  if (current.algorithm !== algo) return { algo };
  const usual = algo === 'rsa' ? 2048 : algo === 'ec' ? 256 : undefined;
  return current.size === (size ?? usual) ? {} : { keysize: size ?? null };
}
