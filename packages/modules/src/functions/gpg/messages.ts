import type { Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { CommandResult } from '../../kit/host.ts';
import { reasonOf, runGpg } from '../../providers/gpg/keyring.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { gnupghome, keyringOf, passphraseFor, user } from './place.ts';

const message = {
  text: optional(text()).describe('The text.'),
  filename: optional(safeName('a path')).describe('A file, in place of a text.'),
};
const output = optional(safeName('a path')).describe('The file to write; what is made is answered without one.');
const use_passphrase = withDefault(flag(), false).describe('Use gpg_passphrase of the pillar for the secret key.');
const bare = withDefault(flag(), false).describe('Answer the text alone, or false.');

interface Message {
  readonly text: string | undefined;
  readonly filename: string | undefined;
  readonly output?: string | undefined;
  readonly user: string | undefined;
  readonly gnupghome: string | undefined;
}

/** Runs gpg over a text or a file. */
async function runOver(
  context: FunctionContext,
  wish: Message,
  { words, passphrase }: { readonly words: readonly string[]; readonly passphrase?: string | undefined },
): Promise<CommandResult> {
  if (wish.text === undefined && wish.filename === undefined) throw failure('filename or text must be passed.');
  if (wish.text === undefined && (await context.host.files.stat(wish.filename ?? '', { follow: true })) === undefined)
    throw failure(`${wish.filename ?? ''} does not exist.`);
  const target = wish.output === undefined ? [] : ['--yes', '--output', wish.output];
  const source = wish.text === undefined ? ['--', wish.filename ?? ''] : [];
  const request = { words: [...target, ...words, ...source], input: wish.text, passphrase };
  return runGpg(context.host, await keyringOf(context, wish), request);
}

export const sign = defineFunction({
  name: 'gpg.sign',
  summary: 'A text or file with a signature around it.',
  args: z.object({
    user,
    keyid: optional(safeName('the id of a key')).describe('The key that signs; the first secret one unless given.'),
    ...message,
    output,
    use_passphrase,
    gnupghome,
  }),
  examples: ["'*' gpg.sign text='Hello there.  How are you?'", "'*' gpg.sign filename='/path/to/important.file'"],
  async run(args, context) {
    const passphrase = passphraseFor(context, args.use_passphrase);
    const words = [...(args.keyid === undefined ? [] : ['--local-user', args.keyid]), '--clearsign'];
    const { exitCode, stdout, stderr } = await runOver(context, args, { words, passphrase });
    if (exitCode !== 0) throw failure(`gpg could not sign: ${reasonOf(stderr)}`);
    return stdout;
  },
});

const trustWords: ReadonlyMap<string, string> = new Map([
  ['UNDEFINED', 'Undefined'],
  ['NEVER', 'Never'],
  ['MARGINAL', 'Marginal'],
  ['FULLY', 'Fully'],
  ['ULTIMATE', 'Ultimate'],
]);

export const verify = defineFunction({
  name: 'gpg.verify',
  summary: 'Whether the signature of a text or a file holds, whose it is, and how far its key is trusted.',
  args: z.object({
    text: message.text,
    user,
    filename: message.filename,
    gnupghome,
    signature: optional(safeName('a path')).describe('The file of the signature, when it is not in the other one.'),
    trustmodel: optional(lineText()).describe(
      'How trust is reckoned: pgp, classic, tofu, tofu+pgp, direct, always, auto.',
    ),
  }),
  examples: [
    "'*' gpg.verify filename='/path/to/important.file'",
    "'*' gpg.verify text='Hello there.' trustmodel=direct",
  ],
  async run(args, context): Promise<Plain> {
    const models = ['pgp', 'classic', 'tofu', 'tofu+pgp', 'direct', 'always', 'auto'];
    const { trustmodel: model } = args;
    if (model !== undefined && !models.includes(model))
      return { res: false, message: `Invalid trustmodel defined: ${model}. Use one of: ${models.join(', ')}` };
    const options = model === undefined ? [] : ['--trust-model', model];
    const isApart = args.signature !== undefined && args.text === undefined;
    const words = [...options, '--verify', ...(isApart ? ['--', args.signature ?? '', args.filename ?? ''] : [])];
    const wish = isApart ? { ...args, filename: undefined, text: '' } : args;
    const { exitCode, stderr } = await runOver(context, wish, { words });
    return exitCode === 0 ? readVerdict(stderr) : unverified;
  },
});

const unverified = { res: false, message: 'The signature could not be verified.' };

function readVerdict(stderr: string): Plain {
  const [, key_id, username] = /^\[GNUPG:\] GOODSIG (\S+) (.+)$/m.exec(stderr) ?? [];
  const trust = /^\[GNUPG:\] TRUST_(\w+)/m.exec(stderr)?.[1];
  if (key_id === undefined || trust === undefined) return unverified;
  const trust_level = trustWords.get(trust) ?? 'Undefined';
  return { res: true, username, key_id, trust_level, message: 'The signature is verified.' };
}

export const encrypt = defineFunction({
  name: 'gpg.encrypt',
  summary: 'Encrypts a text or a file for those who have certain keys.',
  args: z.object({
    user,
    recipients: optional(commaList()).describe('The keys: ids, fingerprints or mail addresses.'),
    ...message,
    output,
    sign: optional(lineText()).describe('True signs it too, with the first secret key; or the key that signs.'),
    use_passphrase,
    always_trust: withDefault(flag(), false).describe('Take the keys without asking whether they are trusted.'),
    gnupghome,
    bare,
  }),
  examples: ["'*' gpg.encrypt text='Hello there.' recipients=recipient@example.com"],
  async run(args, context): Promise<Plain> {
    const signer = args.sign === undefined || args.sign === 'False' ? undefined : args.sign;
    const passphrase = passphraseFor(context, signer !== undefined && args.use_passphrase);
    const words = [
      ...['--armor', '--encrypt'],
      ...(args.recipients ?? []).flatMap((recipient) => ['--recipient', recipient]),
      ...(signer === undefined ? [] : ['--sign', ...(signer === 'True' ? [] : ['--local-user', signer])]),
      ...(args.always_trust ? ['--trust-model', 'always'] : []),
    ];
    return toAnswer(args, await runOver(context, args, { words, passphrase }), { context, verb: 'Encrypted' });
  },
});

export const decrypt = defineFunction({
  name: 'gpg.decrypt',
  summary: 'Decrypts a text or a file.',
  args: z.object({ user, ...message, output, use_passphrase, gnupghome, bare }),
  examples: ["'*' gpg.decrypt filename='/path/to/important.file.gpg'"],
  async run(args, context): Promise<Plain> {
    const passphrase = passphraseFor(context, args.use_passphrase);
    const result = await runOver(context, args, { words: ['--decrypt'], passphrase });
    if (result.exitCode === 0 && result.stdout !== '') await context.keepSecret?.(result.stdout);
    return toAnswer(args, result, { context, verb: 'Decrypted' });
  },
});

function toAnswer(
  wish: { readonly bare: boolean; readonly output: string | undefined },
  { exitCode, stdout, stderr }: CommandResult,
  { context, verb }: { readonly context: FunctionContext; readonly verb: string },
): Plain {
  if (exitCode !== 0) {
    context.log.error('gpg failed', { reason: reasonOf(stderr) });
    return wish.bare ? false : { res: false, comment: `${statusOf(stderr)}.\nPlease check the salt-minion log.` };
  }
  if (wish.bare) return stdout;
  const comment = wish.output === undefined ? stdout : `${verb} data has been written to ${wish.output}`;
  return { res: true, comment };
}

function statusOf(stderr: string): string {
  if (/^\[GNUPG:\] (INV_RECP|NO_RECP)/m.test(stderr)) return 'invalid recipient';
  if (/^\[GNUPG:\] NODATA/m.test(stderr)) return 'no data was provided';
  if (/^\[GNUPG:\] (MISSING|BAD)_PASSPHRASE/m.test(stderr)) return 'bad passphrase';
  if (/^\[GNUPG:\] DECRYPTION_FAILED/m.test(stderr)) return 'decryption failed';
  return reasonOf(stderr);
}
