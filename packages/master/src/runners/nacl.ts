import { AppError, pythonStr, type Value } from '@brine/common';
import { anyValue, dict, optional, text } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner, type RunnerContext, type RunnerDeclaration } from './define-runner.ts';

const keys = {
  kwargs: dict().describe('Where the keys are: `sk`, `sk_file`, `pk`, `pk_file`, `box_type`; else `nacl.config`.'),
};
const texts = { data: anyValue().describe('The text.'), ...keys };
const files = {
  name: text().describe('The file.'),
  out: optional(text()).describe('The file to write, which must not exist yet; else the result is the answer.'),
  ...keys,
};

/** The functions `nacl.*`, on the master with its keys. */
export const naclRunners: readonly RunnerDeclaration[] = [
  naclRunner('nacl.enc', 'Encrypts a text, into the box that `box_type` names.', texts),
  naclRunner('nacl.dec', 'Decrypts what `nacl.enc` encrypted. For those who may see secrets.', texts, true),
  naclRunner('nacl.enc_file', 'Encrypts the text of a file.', files),
  naclRunner('nacl.dec_file', 'Decrypts the text of a file. For those who may see secrets.', files, true),
  naclRunner('nacl.enc_pub', 'Encrypts a text with the public key.', texts),
  naclRunner('nacl.sealedbox_encrypt', 'Encrypts a text with the public key.', texts),
  naclRunner('nacl.sealedbox_decrypt', 'Decrypts with the secret key. For those who may see secrets.', texts, true),
  naclRunner('nacl.secretbox_encrypt', 'Encrypts a text with a secret key, which decrypts it too.', texts),
  naclRunner('nacl.secretbox_decrypt', 'Decrypts with that key. For those who may see secrets.', texts, true),
  defineRunner({
    name: 'nacl.keygen',
    summary: 'Makes a key pair: writes it to files, or answers it to those who may see secrets.',
    args: z.object({
      sk_file: optional(text()).describe('The file for the secret key.'),
      pk_file: optional(text()).describe('The file for the public key; `.pub` after the other unless given.'),
      keyfile: optional(text()).describe('The old name of `sk_file`.'),
    }),
    examples: ['nacl.keygen', 'nacl.keygen sk_file=/etc/salt/pki/master/nacl'],
    hidesArguments: true,
    run: async (given, context) => {
      if (given.sk_file === undefined && given.keyfile === undefined) context.revealSecrets();
      const named = Object.entries(given).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      );
      return callHere('nacl.keygen', [], new Map<Value, Value>(named), context);
    },
  }),
];

function naclRunner(
  name: string,
  summary: string,
  args: typeof texts | typeof files,
  decrypts = false,
): RunnerDeclaration {
  return defineRunner({
    name,
    summary,
    args: z.object<typeof texts | typeof files>(args) as unknown as z.ZodObject,
    examples: [`${name} ${'data' in args ? 'TEXT' : '/tmp/id_rsa'}`],
    keywords: 'kwargs',
    // What is encrypted is for nobody's eyes.
    hidesArguments: true,
    async run(given: Readonly<Record<string, unknown>>, context) {
      if (decrypts) context.revealSecrets();
      const {
        kwargs,
        data,
        name: file,
        out,
      } = given as {
        readonly kwargs: ReadonlyMap<Value, Value>;
        readonly data?: Value;
        readonly name?: string;
        readonly out?: string;
      };
      const further = out === undefined ? [] : [['out', out] as const];
      const named = [...kwargs].filter(([key]) => !pythonStr(key).startsWith('__'));
      return callHere(name, [file ?? data ?? null], new Map<Value, Value>([...named, ...further]), context);
    },
  });
}

/** What the execution function of the same name answers here. Throws `call-failed` with what it says. */
async function callHere(
  fun: string,
  positional: readonly Value[],
  keyword: Map<Value, Value>,
  { localCalls, caller }: RunnerContext,
): Promise<Value> {
  const call = { fun, positional, keyword, withPillar: false, user: caller.user, showsSecrets: true };
  const { value, retcode } = await localCalls.run(call);
  if (retcode === 0) return value;
  throw new AppError({ code: 'runner-failed', message: pythonStr(value) });
}
