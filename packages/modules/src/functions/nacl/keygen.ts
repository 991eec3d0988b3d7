import { z } from 'zod';
import { optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { createKeyPair, keyLength, keyPairOf } from '../../providers/nacl/boxes.ts';
import { failure } from '../failure.ts';
import { readText, writeText } from '../text-file.ts';
import { fromBase64, toBase64 } from './keys.ts';

export const keygen = defineFunction({
  name: 'nacl.keygen',
  summary: 'Makes a key pair: answers it, or writes it to files. Of a secret key there is, makes the public key.',
  args: z.object({
    sk_file: optional(text()).describe('The file for the secret key, readable by its owner alone.'),
    pk_file: optional(text()).describe('The file for the public key; `.pub` after the name of the other unless given.'),
    keyfile: optional(text()).describe('The old name of `sk_file`.'),
  }),
  examples: ["'*' nacl.keygen", "'*' nacl.keygen sk_file=/etc/salt/pki/master/nacl"],
  async run({ sk_file: given, pk_file: publicFile, keyfile }, context) {
    const file = keyfile ?? given;
    if (file === undefined) {
      if (publicFile !== undefined) throw failure('sk_file: Must be set inorder to generate a public key.');
      const { secretKey, publicKey } = createKeyPair();
      await context.keepSecret?.(toBase64(secretKey));
      return { sk: toBase64(secretKey), pk: toBase64(publicKey) };
    }
    return writePair(file, publicFile ?? `${file}.pub`, context);
  },
});

async function writePair(secretFile: string, publicFile: string, { host }: FunctionContext): Promise<string> {
  const existing = await readText(host, secretFile);
  const hasPublic = (await host.files.stat(publicFile)) !== undefined;
  if (existing !== undefined && hasPublic) {
    throw failure(`sk_file:${secretFile} and pk_file:${publicFile} already exist.`);
  }
  if (existing !== undefined) {
    const secretKey = fromBase64(existing.trim());
    if (secretKey?.length !== keyLength)
      throw failure(`${secretFile} is not a key: ${keyLength} bytes in base64 are one`);
    await writeText(host, publicFile, toBase64(keyPairOf(secretKey).publicKey));
    return `saved pk_file: ${publicFile}`;
  }
  // Salt writes over a public key whose secret key is gone; what was encrypted for it would be lost unheard.
  if (hasPublic) throw failure(`pk_file:${publicFile} already exist, and sk_file:${secretFile} does not.`);
  const { secretKey, publicKey } = createKeyPair();
  await writeText(host, secretFile, toBase64(secretKey), { mode: 0o600 });
  await writeText(host, publicFile, toBase64(publicKey));
  return `saved sk_file:${secretFile}  pk_file: ${publicFile}`;
}
