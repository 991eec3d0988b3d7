import type { CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  optional,
  text,
  withDefault,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { findSource, redactUrl, type FoundSource } from '../../providers/files/find-source.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { readSourceHash } from '../../providers/files/source-hash.ts';

/** `file.cached` */
export const cached = defineState({
  name: 'file.cached',
  summary: "Has a file of the file server or of another server in the minion's cache.",
  args: z.object({
    name: text().describe('The URL, or the path of a file of this machine that has to be there.'),
    source_hash: withDefault(text(), '').describe('Digest the file must have, or the URL of a file of digests.'),
    source_hash_name: optional(text()).describe('The name to look for in a file of digests.'),
    skip_verify: withDefault(flag(), false).describe('Whether the hash of a remote source may go unchecked.'),
    saltenv: withDefault(text(), 'base').describe('The environment of a salt:// URL.'),
    use_etag: withDefault(flag(), false).describe('Whether a remote source without a hash will do.'),
  }),
  examples: [
    `https://example.org/app.tar.gz:
  file.cached:
    - source_hash: https://example.org/app.tar.gz.sha256`,
  ],
  // The cache is the minion's own and no part of the machine that is managed, so that filling it is looking.
  async check(args, context) {
    const url = args.name.replace(/^file:\/\//, '');
    return /^[/~]/.test(url) ? checkLocal({ ...args, name: url }, context) : checkCached(args, context);
  },
});

const schemes = ['salt', 'http', 'https', 'ftp', 'file'];

interface Wanted {
  readonly name: string;
  readonly source_hash: string;
  readonly source_hash_name: string | undefined;
  readonly skip_verify: boolean;
  readonly saltenv: string;
  readonly use_etag: boolean;
}

async function checkLocal(wanted: Wanted, context: StateContext): Promise<CheckOutcome<Host>> {
  const name = await expandHome(context.host, wanted.name);
  const path = (await context.host.files.realPath(name)) ?? name;
  if ((await context.host.files.stat(path)) === undefined) return fails(`File ${path} is not present on the minion`);
  const found = await find({ ...wanted, name: path }, context);
  const verified = wanted.source_hash === '' || wanted.skip_verify ? '' : ` and has hash ${wanted.source_hash}`;
  return typeof found === 'string'
    ? fails(wrongHash(`File ${path} is present on the minion`, found))
    : isOk(`File ${path} is present on the minion${verified.replace(/ \w+=/, ' ')}`);
}

async function checkCached(wanted: Wanted, context: StateContext): Promise<CheckOutcome<Host>> {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(wanted.name) ?? [];
  if (scheme !== undefined && !schemes.includes(scheme.toLowerCase()))
    return fails(`Unsupported url scheme: ${redactUrl(wanted.name)}`);
  const found = await find(wanted, context);
  if (typeof found === 'string')
    return fails(
      found
        .replace(/^Failed to cache \S+: (?=Error)/, '')
        .replace(/set skip_verify to True$/, 'set skip_verify or use_etag to True'),
    );
  const isVerified = wanted.source_hash !== '' && !wanted.skip_verify;
  const wrong = isVerified && scheme === 'salt' ? await verifyServed(found, wanted, context) : undefined;
  if (wrong !== undefined) return fails(wrong);
  return isOk(`File is ${isVerified ? 'already ' : ''}cached to ${found.path}`);
}

// What the file server has needs no digest, but when one is given it is to have it.
async function verifyServed(
  { path }: FoundSource,
  { name, source_hash: hash, source_hash_name: hashName }: Wanted,
  context: StateContext,
): Promise<string | undefined> {
  const expected = await readSourceHash(hash, { source: name, target: name, hashName }, context);
  if (typeof expected === 'string') return expected;
  const actual = await context.host.files.hash(path, expected.algorithm);
  if (actual === expected.digest) return undefined;
  return `File is cached to ${path}, but the hash (${String(actual)}) does not match the specified hash (${expected.digest})`;
}

function wrongHash(start: string, loss: string): string {
  const [, wanted, actual] =
    /^Specified \w+ checksum for .* \((\w+)\) does not match actual checksum \((\w+)\)$/.exec(loss) ?? [];
  if (wanted === undefined) return loss;
  return `${start}, but the hash (${actual}) does not match the specified hash (${wanted})`;
}

function find(wanted: Wanted, context: StateContext): Promise<FoundSource | string> {
  const source = {
    source: wanted.name,
    sourceHash: wanted.source_hash === '' ? undefined : wanted.source_hash,
    hashName: wanted.source_hash_name,
    skipVerify: wanted.skip_verify,
    useEtag: wanted.use_etag,
    target: wanted.name,
  };
  return findSource(source, { ...context, step: { ...context.step, saltenv: wanted.saltenv } });
}
