import { createHash } from 'node:crypto';
import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { optional, oneOf, text, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

export const hash = defineFunction({
  name: 'random.hash',
  summary: 'The digest of a text, in hexadecimal.',
  args: z.object({
    value: text().describe('The text.'),
    algorithm: withDefault(text(), 'sha512').describe('The algorithm.'),
  }),
  examples: ["'*' random.hash 'I am a string' md5"],
  run({ value, algorithm }) {
    try {
      return createHash(algorithm).update(value).digest('hex');
    } catch (error) {
      throw failure('You must specify a valid algorithm.', error);
    }
  },
});

export const strEncode = defineFunction({
  name: 'random.str_encode',
  summary: 'A text in base64.',
  args: z.object({
    value: text().describe('The text.'),
    encoder: withDefault(oneOf('base64'), 'base64').describe('The encoding: base64.'),
  }),
  examples: ["'*' random.str_encode 'I am a new string' base64"],
  run: ({ value, encoder }) => Buffer.from(value).toString(encoder),
});

const methods = { sha512: '-6', sha256: '-5', md5: '-1' } as const;

export const shadowHash = defineFunction({
  name: 'random.shadow_hash',
  summary: 'A password as /etc/shadow holds it.',
  args: z.object({
    crypt_salt: optional(text()).describe('The salt; a random one unless given.'),
    password: secret(optional(text())).describe('The password; a random one unless given.'),
    algorithm: withDefault(oneOf('sha512', 'sha256', 'md5'), 'sha512').describe('sha512, sha256 or md5.'),
  }),
  examples: ["'*' random.shadow_hash 'My5alT' 'MyP@asswd' md5"],
  async run({ crypt_salt: salt, password, algorithm }, { host, call, signal }) {
    const input = password ?? pythonStr(await call('random.get_str'));
    const salted = salt === undefined ? [] : ['-salt', salt.replace(/^\$\d\$/, '').replace(/\$.*$/, '')];
    // The password goes in by standard input: arguments are for all to see.
    const command = ['openssl', 'passwd', methods[algorithm], ...salted, '-stdin'];
    const result = await host.inspect({ command, input: `${input}\n`, signal });
    if (result.exitCode !== 0) throw failure(`openssl could not hash the password: ${result.stderr.trim()}`);
    return result.stdout.trim();
  },
});
