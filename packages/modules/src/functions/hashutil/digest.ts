import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { text, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

const instr = text().describe('The text.');
const checksum = withDefault(text(), 'md5').describe('md5, sha256 or sha512.');
const sharedSecret = secret(text()).describe('The shared secret.');

export const digest = defineFunction({
  name: 'hashutil.digest',
  summary: 'The digest of a text, in hexadecimal.',
  args: z.object({ instr, checksum }),
  examples: ["'*' hashutil.digest 'get salted'"],
  run: ({ instr: given, checksum: algorithm }) => hash(given, algorithm),
});

export const digestFile = defineFunction({
  name: 'hashutil.digest_file',
  summary: 'The digest of a file, in hexadecimal.',
  args: z.object({ infile: text().describe('Path of the file.'), checksum }),
  examples: ["'*' hashutil.digest_file /path/to/file"],
  async run({ infile, checksum: algorithm }, { host }) {
    requireKnown(algorithm);
    const found = await host.files.hash(infile, algorithm);
    if (found === undefined) throw failure(`File path '${infile}' not found.`);
    return found;
  },
});

export const md5Digest = defineFunction({
  name: 'hashutil.md5_digest',
  summary: 'The MD5 digest of a text, in hexadecimal.',
  args: z.object({ instr }),
  examples: ["'*' hashutil.md5_digest 'get salted'"],
  run: ({ instr: given }) => hash(given, 'md5'),
});

export const sha256Digest = defineFunction({
  name: 'hashutil.sha256_digest',
  summary: 'The SHA-256 digest of a text, in hexadecimal.',
  args: z.object({ instr }),
  examples: ["'*' hashutil.sha256_digest 'get salted'"],
  run: ({ instr: given }) => hash(given, 'sha256'),
});

export const sha512Digest = defineFunction({
  name: 'hashutil.sha512_digest',
  summary: 'The SHA-512 digest of a text, in hexadecimal.',
  args: z.object({ instr }),
  examples: ["'*' hashutil.sha512_digest 'get salted'"],
  run: ({ instr: given }) => hash(given, 'sha512'),
});

export const hmacSignature = defineFunction({
  name: 'hashutil.hmac_signature',
  summary: 'Whether a signature, in base64, is the HMAC-SHA-256 of a text.',
  args: z.object({ string: instr, shared_secret: sharedSecret, challenge_hmac: text().describe('The signature.') }),
  examples: ["'*' hashutil.hmac_signature 'get salted' 'shared secret' 'eBWf9bstXg+NiP5AOwppB5HMvZiYMPzEM9W5YMm/AmQ='"],
  run: ({ string, shared_secret: key, challenge_hmac: challenge }) =>
    isSame(createHmac('sha256', key).update(string).digest('base64'), challenge),
});

export const hmacCompute = defineFunction({
  name: 'hashutil.hmac_compute',
  summary: 'The HMAC-SHA-256 of a text, in hexadecimal.',
  args: z.object({ string: instr, shared_secret: sharedSecret }),
  examples: ["'*' hashutil.hmac_compute 'get salted' 'shared secret'"],
  run: ({ string, shared_secret: key }) => createHmac('sha256', key).update(string).digest('hex'),
});

export const githubSignature = defineFunction({
  name: 'hashutil.github_signature',
  summary: 'Whether a signature such as `sha256=…` is the HMAC of a text, as GitHub signs its calls.',
  args: z.object({ string: instr, shared_secret: sharedSecret, challenge_hmac: text().describe('The signature.') }),
  examples: [
    "'*' hashutil.github_signature 'get salted' 'shared secret' challenge_hmac='sha1=bc6550fc290acf5b42283fa8deaf55cea0f8c206'",
  ],
  run({ string, shared_secret: key, challenge_hmac: challenge }) {
    const [, algorithm = '', wanted = ''] = /^(\w+)=(.*)$/.exec(challenge) ?? [];
    if (!['md5', 'sha1', 'sha256', 'sha512'].includes(algorithm)) {
      throw failure(`The signature '${challenge}' names no known hash function.`);
    }
    return isSame(createHmac(algorithm, key).update(string).digest('hex'), wanted);
  },
});

function hash(given: string, algorithm: string): string {
  requireKnown(algorithm);
  return createHash(algorithm).update(given).digest('hex');
}

function requireKnown(algorithm: string): void {
  if (!['md5', 'sha256', 'sha512'].includes(algorithm)) throw failure(`Hash func '${algorithm}' is not supported.`);
}

// A comparison that stops at the first difference would tell an attacker how far a guess was right.
function isSame(computed: string, challenge: string): boolean {
  const [a, b] = [Buffer.from(computed), Buffer.from(challenge)];
  return a.length === b.length && timingSafeEqual(a, b);
}
