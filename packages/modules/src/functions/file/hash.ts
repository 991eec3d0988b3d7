import { createHash } from 'node:crypto';
import { z } from 'zod';
import { integer, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { ReadHost } from '../../kit/host.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { filePath } from './file-path.ts';

const form = withDefault(text(), 'sha256').describe('The algorithm, e.g. `md5` or `sha512`.');

export const getHash = defineFunction({
  name: 'file.get_hash',
  summary: 'The digest of the content of a file, in hexadecimal.',
  args: z.object({
    path: filePath(),
    form,
    chunk_size: withDefault(integer(), 65_536).describe('Accepted for Salt; files are read as a stream.'),
  }),
  examples: ["'*' file.get_hash /etc/shadow"],
  run: ({ path, form: algorithm }, { host }) => hashFile(host, path, algorithm),
});

export const getSum = defineFunction({
  name: 'file.get_sum',
  summary: 'The digest of the content of a file, or `File not found`.',
  args: z.object({ path: filePath(), form }),
  examples: ["'*' file.get_sum /etc/passwd sha512"],
  async run({ path, form: algorithm }, { host }) {
    const isFile = (await host.files.stat(await expandHome(host, path), { follow: true }))?.kind === 'file';
    return isFile ? hashFile(host, path, algorithm) : 'File not found';
  },
});

export const checkHash = defineFunction({
  name: 'file.check_hash',
  summary: 'Whether a file has a digest.',
  args: z.object({
    path: filePath(),
    file_hash: text().describe('`TYPE=DIGEST`, `TYPE:DIGEST`, or a digest whose length tells its type.'),
  }),
  examples: ["'*' file.check_hash /etc/fstab md5:0123456789abcdef0123456789abcdef"],
  async run({ path, file_hash: wanted }, { host }) {
    const mark = /[:=]/.exec(wanted)?.index;
    const algorithm = mark === undefined ? algorithmsByLength.get(wanted.length) : wanted.slice(0, mark);
    if (algorithm === undefined) throw unknownLength(wanted);
    return (await hashFile(host, path, algorithm)) === (mark === undefined ? wanted : wanted.slice(mark + 1));
  },
});

const algorithmsByLength: ReadonlyMap<number, string> = new Map([
  [32, 'md5'],
  [40, 'sha1'],
  [56, 'sha224'],
  [64, 'sha256'],
  [96, 'sha384'],
  [128, 'sha512'],
]);

async function hashFile(host: ReadHost, path: string, algorithm: string): Promise<string> {
  const name = nodeName(algorithm.toLowerCase());
  try {
    createHash(name);
  } catch (error) {
    throw failure(`Invalid hash type: ${algorithm}`, error);
  }
  const digest = await host.files.hash(await expandHome(host, path), name);
  if (digest === undefined) throw failure(`No such file or directory: '${path}'`);
  return digest;
}

// Salt's names are those of Python's hashlib.
function nodeName(name: string): string {
  return { blake2b: 'blake2b512', blake2s: 'blake2s256' }[name] ?? name.replace(/^sha3_/, 'sha3-');
}

function unknownLength(wanted: string): Error {
  const known = [...algorithmsByLength].map(([length, name]) => `${name} (${length})`).join(', ');
  const length = `Hash ${wanted} (length: ${wanted.length}) could not be matched to a supported hash type.`;
  return failure(`${length} The supported hash types and lengths are: ${known}`);
}
