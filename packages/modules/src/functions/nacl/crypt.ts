import { isDict, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import { optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { boxSecretly, seal } from '../../providers/nacl/boxes.ts';
import { failure } from '../failure.ts';
import { readText, writeText } from '../text-file.ts';
import {
  keyArguments,
  messageArgument,
  publicKeyOf,
  secretKeyOf,
  toBase64,
  usesSecretbox,
  type KeyArguments,
} from './keys.ts';
import { unbox } from './unbox.ts';

type Crypt = (data: Value, keys: KeyArguments, context: FunctionContext) => Promise<Value>;

export const enc = cryptFunction('nacl.enc', 'Encrypts a text, into the box that `box_type` names.', encrypt);
export const dec = cryptFunction('nacl.dec', 'Decrypts what `nacl.enc` encrypted.', decrypt);
export const encPub = cryptFunction(
  'nacl.enc_pub',
  'Encrypts a text with the public key: only the owner of the secret key can read it.',
  sealText,
);
export const sealedboxEncrypt = cryptFunction(
  'nacl.sealedbox_encrypt',
  'Encrypts a text with the public key: only the owner of the secret key can read it.',
  sealText,
);
export const sealedboxDecrypt = cryptFunction(
  'nacl.sealedbox_decrypt',
  'Decrypts, with the secret key, what was encrypted with the public one.',
  (data, keys, context) => open(data, keys, context, false),
);
export const secretboxEncrypt = cryptFunction(
  'nacl.secretbox_encrypt',
  'Encrypts a text with a secret key, which decrypts it too.',
  boxText,
);
export const secretboxDecrypt = cryptFunction(
  'nacl.secretbox_decrypt',
  'Decrypts what was encrypted with the same secret key.',
  (data, keys, context) => open(data, keys, context, true),
);
export const encFile = fileFunction('nacl.enc_file', 'Encrypts the text of a file.', encrypt);
export const decFile = fileFunction('nacl.dec_file', 'Decrypts the text of a file.', decrypt);

function cryptFunction(name: string, summary: string, crypt: Crypt): FunctionDeclaration {
  return defineFunction({
    name,
    summary,
    args: z.object({ ...messageArgument, ...keyArguments }),
    examples: [`'*' ${name} TEXT`, `'*' ${name} TEXT sk_file=/etc/salt/pki/master/nacl`],
    run: ({ data, ...keys }, context) => crypt(data, keys, context),
  });
}

function fileFunction(name: string, summary: string, crypt: Crypt): FunctionDeclaration {
  return defineFunction({
    name,
    summary: `${summary} Answers the result, or writes it to \`out\`, which must not exist yet.`,
    args: z.object({
      name: text().describe('The file: a path, or an address like `salt://…`.'),
      out: optional(text()).describe('The file to write.'),
      ...keyArguments,
    }),
    examples: [`'*' ${name} /tmp/id_rsa`, `'*' ${name} salt://crt/mycert out=/tmp/cert`],
    async run({ name: path, out, ...keys }, context) {
      const result = await crypt(await readSource(path, context), keys, context);
      if (out === undefined || out === '') return result;
      if ((await context.host.files.stat(out)) !== undefined) throw failure(`file:${out} already exist.`);
      await writeText(context.host, out, pythonStr(result), { mode: 0o600 });
      return `Wrote: ${out}`;
    },
  });
}

async function readSource(path: string, context: FunctionContext): Promise<string> {
  const content = path.startsWith('/')
    ? await readText(context.host, path)
    : await context.call('cp.get_file_str', [path]);
  // A path that means nothing on the master is answered with false.
  if (typeof content !== 'string' || content === '') throw failure(`there is nothing in ${path}, or no such file`);
  return content;
}

async function encrypt(data: Value, keys: KeyArguments, context: FunctionContext): Promise<Value> {
  return usesSecretbox(keys, context) ? boxText(data, keys, context) : sealText(data, keys, context);
}

async function decrypt(data: Value, keys: KeyArguments, context: FunctionContext): Promise<Value> {
  return open(data, keys, context, usesSecretbox(keys, context));
}

async function sealText(data: Value, keys: KeyArguments, context: FunctionContext): Promise<Value> {
  return toBase64(seal(toBytes(data), await publicKeyOf(keys, context)));
}

async function boxText(data: Value, keys: KeyArguments, context: FunctionContext): Promise<Value> {
  return toBase64(boxSecretly(toBytes(data), await secretKeyOf(keys, context)));
}

async function open(data: Value, keys: KeyArguments, context: FunctionContext, isShared: boolean): Promise<Value> {
  if (data === null) return null;
  const bytes = unbox(pythonStr(data), await secretKeyOf(keys, context), isShared);
  const plain = toText(bytes);
  if (typeof plain === 'string') await context.keepSecret?.(plain);
  return plain;
}

function toBytes(data: Value): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data === null || isDict(data) || Array.isArray(data)) throw failure('only a text can be encrypted');
  return new TextEncoder().encode(pythonStr(data));
}

function toText(bytes: Uint8Array): Value {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
}
