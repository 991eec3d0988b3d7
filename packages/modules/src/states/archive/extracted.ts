import { z } from 'zod';
import {
  accountName,
  anyValue,
  commaList,
  defineState,
  either,
  fails,
  flag,
  lineText,
  oneOf,
  optional,
  text,
  textList,
  unsupported,
  withDefault,
} from '../../kit/index.ts';
import { checkExtraction } from '../../providers/archives/check-extraction.ts';

/** `archive.extracted` */
export const extracted = defineState({
  name: 'archive.extracted',
  summary: 'Keeps an archive unpacked in a directory.',
  args: z.object({
    name: text().describe('Absolute path of the directory.'),
    source: anyValue().describe('URL or path of the archive, or a list of which the first that exists is used.'),
    source_hash: optional(text()).describe('Digest a source not from the file server must have.'),
    source_hash_name: optional(text()).describe('The name to look for in a file of digests.'),
    source_hash_update: withDefault(flag(), false).describe('Whether a new digest means unpacking again.'),
    skip_verify: withDefault(flag(), false).describe('Whether the hash of a remote source may go unchecked.'),
    keep_source: withDefault(flag(), true).describe('Accepted for compatibility; the cache decides what it keeps.'),
    archive_format: optional(oneOf('tar', 'zip')).describe('Kind of archive; told by its name unless given.'),
    options: withDefault(either(text(), textList()), '').describe('Further options of tar or unzip.'),
    user: optional(accountName()).describe('Owner of what is unpacked.'),
    group: optional(accountName()).describe('Group of what is unpacked.'),
    if_missing: optional(lineText()).describe('Unpacks only while this path is missing.'),
    overwrite: withDefault(flag(), false).describe('Unpacks each time.'),
    clean: withDefault(flag(), false).describe('Removes the directory before unpacking.'),
    clean_parent: withDefault(flag(), false).describe('Empties the directory before unpacking.'),
    trim_output: optional(anyValue()).describe('Accepted for compatibility: changes name only what is at the top.'),
    enforce_toplevel: withDefault(flag(), true).describe(
      'Refuses archives with more than one file or directory at the top.',
    ),
    enforce_ownership_on: optional(lineText()).describe(
      'The path whose owner is looked at; what is at the top unless given.',
    ),
    list_options: optional(commaList()).describe('Accepted for compatibility.'),
    password: unsupported('archives with passwords'),
  }),
  examples: [
    `/opt:
  archive.extracted:
    - source: salt://app-1.2.tar.gz
    - user: root`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const name = args.name.replace(/(.)\/+$/, '$1');
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    const options = typeof args.options === 'string' ? args.options : args.options.join(' ');
    return checkExtraction({ ...args, name, options }, context);
  },
});
