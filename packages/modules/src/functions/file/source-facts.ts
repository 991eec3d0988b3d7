import { posix } from 'node:path';
import { isDict, pythonStr, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { anyValue, flag, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import {
  digestLengths,
  hashProtocols,
  kindOfDigest,
  refuseHash,
  refuseHashFormat,
} from '../../providers/files/hash-refusal.ts';
import { failure } from '../failure.ts';
import { readText } from '../text-file.ts';
import { valueOr } from '../value-or.ts';

const saltenv = withDefault(text(), 'base').describe('The environment of `salt://`.');

type Sum = { readonly hash_type: string; readonly hsum: string };

export const getSourceSum = defineFunction({
  name: 'file.get_source_sum',
  summary: 'What `source_hash` says of a file: the kind of its hash and the hash.',
  args: z.object({
    file_name: withDefault(text(), '').describe('Path of the file, to find it in a list of hashes.'),
    source: withDefault(text(), '').describe('Where it comes from, to find it in a list of hashes.'),
    source_hash: valueOr(null).describe('A hash, `KIND=HASH`, or the path or address of a list of hashes.'),
    source_hash_name: optional(text()).describe('The name the list has it by.'),
    saltenv,
    verify_ssl: withDefault(flag(), true).describe('`False` takes any certificate of a web server.'),
  }),
  examples: [
    "'*' file.get_source_sum /tmp/foo.tar.gz source=https://mydomain.tld/foo.tar.gz source_hash=499ae16dcae71eeb7c3a30c75ea7a1a6",
  ],
  async run(args, context): Promise<Plain> {
    const given = args.source_hash;
    if (typeof given !== 'string') throw invalidHash(given);
    const isPath = given.startsWith('/');
    const scheme = schemeOf(given);
    if (!isPath && scheme === undefined) return readHash(given);
    if (!isPath && !hashProtocols.some((one) => one === scheme)) throw invalidHash(given);
    const path = isPath
      ? given
      : await context.call('cp.cache_file', [given, args.saltenv], new Map([['verify_ssl', args.verify_ssl]]));
    if (typeof path !== 'string' || path === '') throw failure(`Source hash file ${given} not found`);
    const found = await extract(path, { ...args, hash_type: '' }, context);
    if (found === undefined) throw invalidHash(given);
    return { ...found, hsum: found.hsum.toLowerCase() };
  },
});

function schemeOf(given: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):/i.exec(given)?.[1]?.toLowerCase();
}

function readHash(given: string): Plain {
  const at = given.indexOf('=');
  const digest = given.slice(at + 1).trim();
  if (at === -1) {
    const kind = kindOfDigest(digest.length);
    if (!/^[0-9a-fA-F]+$/.test(digest) || kind === undefined) throw invalidHash(given);
    return { hsum: digest.toLowerCase(), hash_type: kind };
  }
  const kind = given.slice(0, at).trim();
  if (digestLengths.get(kind) !== digest.length) throw failure(refuseHash(given));
  return { hash_type: kind, hsum: digest.toLowerCase() };
}

function invalidHash(given: Value): Error {
  return failure(refuseHashFormat(pythonStr(given)));
}

interface Wanted {
  readonly hash_type: string;
  readonly file_name: string;
  readonly source: string;
  readonly source_hash_name: string | undefined;
}

export const extractHash = defineFunction({
  name: 'file.extract_hash',
  summary: 'The hash a list of hashes has for a file; null when it has none.',
  args: z.object({
    hash_fn: text().describe('Path of the list.'),
    hash_type: withDefault(text(), 'sha256').describe('Kind of the hash; any when it is empty.'),
    file_name: withDefault(text(), '').describe('Path of the file.'),
    source: withDefault(text(), '').describe('Where it comes from.'),
    source_hash_name: optional(text()).describe('The name the list has it by.'),
  }),
  examples: ["'*' file.extract_hash /path/to/hash/file sha512 /etc/foo"],
  run: async (args, context) => (await extract(args.hash_fn, args, context)) ?? null,
});

async function extract(path: string, wanted: Wanted, { host }: FunctionContext): Promise<Sum | undefined> {
  const content = await readText(host, path);
  if (content === undefined) throw failure(`[Errno 2] No such file or directory: '${path}'`);
  const length = digestLengths.get(wanted.hash_type);
  const size = length === undefined ? '32,128' : String(length);
  const pattern = new RegExp(`(?<![a-z0-9])([a-f0-9]{${size}})(?![a-z0-9])`, 'i');
  const rows = content.split('\n').flatMap((raw) => {
    const line = raw.trim();
    const digest = pattern.exec(line)?.[1];
    const kind = digest === undefined ? undefined : kindOfDigest(digest.length);
    return digest === undefined || kind === undefined ? [] : [{ line, sum: { hsum: digest, hash_type: kind } }];
  });
  const source = wanted.source.replace(/^[a-z0-9+.-]+:\/\//i, '').replace(/[?#].*$/, '');
  const searches = [
    { full: wanted.source_hash_name ?? '', base: wanted.source_hash_name ?? '', before: /\s/ },
    { full: wanted.file_name, base: posix.basename(wanted.file_name), before: /[\s\\/*]/ },
    { full: wanted.source, base: posix.basename(source), before: /[\s\\/*]/ },
  ].filter(({ full }) => full !== '');
  for (const { full, base, before } of searches) {
    const found = rows.find(({ line }) => {
      if (line.endsWith(base)) return before.test(line.at(-(base.length + 1)) ?? '');
      return line.startsWith(full) && /^\s/.test(line.slice(full.length));
    });
    if (found !== undefined) return found.sum;
  }
  return rows[0]?.sum;
}

export const sourceList = defineFunction({
  name: 'file.source_list',
  summary: 'The first of several sources that exists, with its hash.',
  args: z.object({
    source: anyValue().describe('A source, or a list of sources or of `{source: hash}`.'),
    source_hash: valueOr(null).describe('The hash of those without one of their own.'),
    saltenv: text().describe('The environment of `salt://`.'),
  }),
  examples: ["'*' file.source_list salt://http/httpd.conf 499ae16dcae71eeb7c3a30c75ea7a1a6 base"],
  async run({ source, source_hash: hash, saltenv: environment }, context): Promise<Plain> {
    if (!Array.isArray(source)) return [source as Plain, hash as Plain];
    for (const single of source) {
      const [address, own] = isDict(single) && single.size === 1 ? ([...single][0] ?? ['', null]) : [single, null];
      if (isDict(single) && single.size !== 1) continue;
      if (!(await isThere(pythonStr(address), environment, context))) continue;
      return [address as Plain, (own === null || own === '' ? hash : own) as Plain];
    }
    throw failure('none of the specified sources were found');
  },
});

async function isThere(address: string, environment: string, context: FunctionContext): Promise<boolean> {
  const { host, fileServer, call } = context;
  if (address.startsWith('salt://')) {
    const path = address.slice('salt://'.length).replace(/[?].*$/, '');
    const own = /[?&]saltenv=([^&]+)/.exec(address)?.[1] ?? environment;
    const [files, folders] = await Promise.all([fileServer.listFiles(own), fileServer.listDirectories(own)]);
    return files.includes(path) || folders.includes(path);
  }
  if (/^(https?|ftp):/.test(address)) {
    const answer = await call('http.query', [address], new Map([['method', 'HEAD']]));
    return isDict(answer) && !answer.has('error');
  }
  const path = address.replace(/^file:\/\//, '');
  return path.startsWith('/') && (await host.files.stat(path, { follow: true })) !== undefined;
}
