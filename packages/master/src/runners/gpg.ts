import { join } from 'node:path';
import { AppError, isDict, pythonStr, type Plain, type Value } from '@brine/common';
import { commaList, optional, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner, type RunnerContext } from './define-runner.ts';

const recipients = optional(commaList()).describe(
  'Whose keys: ids, names or addresses; every secret key here unless given.',
);

/** `gpg.list_keys` */
const listKeys = defineRunner({
  name: 'gpg.list_keys',
  summary: 'The keys in `gpg_keydir` of the master: fingerprints, names, and whether the secret key is there.',
  args: z.object({}),
  examples: ['gpg.list_keys'],
  run: async (_args, context) => {
    const secret = new Set((await keysOf('--list-secret-keys', context)).map(({ fingerprint }) => fingerprint));
    const found = await keysOf('--list-keys', context);
    return found.map(({ fingerprint, uids }) => ({ fingerprint, uids: [...uids], secret: secret.has(fingerprint) }));
  },
});

/** `gpg.create_key` */
const createKey = defineRunner({
  name: 'gpg.create_key',
  summary: 'Makes the key pair that the `gpg` renderer decrypts with, in `gpg_keydir`. Answers its fingerprint.',
  args: z.object({ name: withDefault(text(), 'Salt master').describe('The name of the key.') }),
  examples: ['gpg.create_key', "gpg.create_key 'Salt master of example.org'"],
  async run({ name }, context) {
    await gpg(
      ['--batch', '--passphrase', '', '--quick-generate-key', '--', name, 'default', 'default', 'never'],
      context,
    );
    return (await keysOf('--list-secret-keys', context)).at(-1)?.fingerprint ?? null;
  },
});

/** `gpg.export_key` */
const exportKey = defineRunner({
  name: 'gpg.export_key',
  summary: 'The public keys, to be given to everybody who writes pillar.',
  args: z.object({ recipients }),
  examples: ['gpg.export_key', "gpg.export_key 'Salt master'"],
  run: async ({ recipients: named }, context) =>
    gpg(['--armor', '--export', '--', ...(await recipientsOf(named, context))], context),
});

/** `gpg.encrypt` */
const encrypt = defineRunner({
  name: 'gpg.encrypt',
  summary: 'Encrypts a text, or a file, for the pillar: the answer goes into a file with the `gpg` renderer.',
  args: z.object({
    text: optional(text()).describe('The text.'),
    filename: optional(text()).describe('A file instead of the text.'),
    recipients,
  }),
  examples: ["gpg.encrypt 'the password'", "gpg.encrypt filename=/root/server.key recipients='Salt master'"],
  hidesArguments: true,
  async run({ text: plain, filename, recipients: named }, context) {
    if (plain !== undefined && namedText.test(plain)) {
      const message = 'a text of several lines is not taken by name: give it as the first argument, or by filename';
      throw new AppError({ code: 'runner-arguments', message });
    }
    if ((plain === undefined) === (filename === undefined)) {
      throw new AppError({ code: 'runner-arguments', message: 'either a text or a filename is needed' });
    }
    const whom = (await recipientsOf(named, context)).flatMap((name) => ['--recipient', name]);
    const from = filename === undefined ? [] : ['--', filename];
    return gpg(['--armor', '--trust-model', 'always', ...whom, '--encrypt', ...from], context, plain);
  },
});

/** `gpg.decrypt` */
const decrypt = defineRunner({
  name: 'gpg.decrypt',
  summary: 'Decrypts a message with the keys of the master, for those who may see secrets.',
  args: z.object({
    text: optional(text()).describe('The message.'),
    filename: optional(text()).describe('A file with the message instead.'),
  }),
  examples: ['gpg.decrypt filename=/srv/pillar/password.asc'],
  hidesArguments: true,
  async run({ text: message, filename }, context) {
    context.revealSecrets();
    if ((message === undefined) === (filename === undefined)) {
      throw new AppError({ code: 'runner-arguments', message: 'either a text or a filename is needed' });
    }
    const input = message?.replace(namedText, '');
    return gpg(['--decrypt', ...(filename === undefined ? [] : ['--', filename])], context, input);
  },
});

// What has line breaks is no named argument on a command line, as in Salt: it comes with its name in front.
const namedText = /^text=(?=[^\n]*\n)/;

/** What Salt does with gpg on the command line of the master. */
export const gpgRunners = [listKeys, createKey, exportKey, encrypt, decrypt];

interface GpgKey {
  readonly fingerprint: string;
  readonly uids: readonly string[];
}

async function keysOf(how: '--list-keys' | '--list-secret-keys', context: RunnerContext): Promise<readonly GpgKey[]> {
  const keys: { fingerprint: string; uids: string[] }[] = [];
  for (const line of (await gpg(['--with-colons', how], context)).split('\n')) {
    const fields = line.split(':');
    if (fields[0] === 'pub' || fields[0] === 'sec') keys.push({ fingerprint: '', uids: [] });
    const key = keys.at(-1);
    if (fields[0] === 'fpr' && key?.fingerprint === '') key.fingerprint = fields[9] ?? '';
    if (fields[0] === 'uid') key?.uids.push(fields[9] ?? '');
  }
  return keys;
}

async function recipientsOf(named: readonly string[] | undefined, context: RunnerContext): Promise<readonly string[]> {
  const found = named ?? (await keysOf('--list-secret-keys', context)).map(({ fingerprint }) => fingerprint);
  if (found.length > 0) return found;
  throw new AppError({ code: 'runner-failed', message: 'the master has no key yet: salt-run gpg.create_key' });
}

/** Runs gpg on the master's keys; what is secret goes through standard input. Throws with what gpg complained of. */
async function gpg(
  words: readonly string[],
  { options, configDirectory, localCalls, caller }: RunnerContext,
  input?: string,
): Promise<string> {
  const configured = options.get('gpg_keydir') ?? null;
  const folder = configured === null ? join(configDirectory, 'gpgkeys') : pythonStr(configured);
  const call = async (
    fun: string,
    positional: readonly Value[],
    keyword: Readonly<Record<string, Plain>>,
  ): Promise<Value> =>
    (
      await localCalls.run({
        ...{ fun, positional, keyword: new Map(Object.entries(keyword)) as Map<Value, Value> },
        ...{ withPillar: false, user: caller.user, showsSecrets: true },
      })
    ).value;
  await call('file.mkdir', [folder], { mode: '0700' });
  const answer = await call('cmd.run_all', [['gpg', '--homedir', folder, '--batch', '--no-tty', ...words]], {
    ...{ python_shell: false, ignore_retcode: true, output_loglevel: 'quiet', rstrip: false },
    ...(input === undefined ? {} : { stdin: input }),
  });
  const said = (name: string): string => pythonStr((isDict(answer) ? answer.get(name) : undefined) ?? '');
  if (isDict(answer) && answer.get('retcode') === 0) return said('stdout');
  const reason =
    said('stderr')
      .split('\n')
      .find((line) => line.startsWith('gpg:')) ?? 'it did not end well';
  throw new AppError({ code: 'runner-failed', message: reason.replace(/^gpg: /, 'gpg: ') });
}
