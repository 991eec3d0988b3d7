import { z } from 'zod';
import {
  accountName,
  anyValue,
  defineState,
  either,
  flag,
  lineText,
  optional,
  secret,
  text,
  textList,
  withDefault,
} from '../../kit/index.ts';
import { trimming } from '../../functions/archive/trim.ts';
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
    skip_files_list_verify: withDefault(flag(), false).describe(
      'Whether the digest alone says that the archive is unpacked, not its members.',
    ),
    skip_verify: withDefault(flag(), false).describe('Whether the hash of a remote source may go unchecked.'),
    password: secret(optional(text())).describe('Password of a zip with the encryption of PKZIP 2.'),
    options: optional(either(text(), textList())).describe('Further options of tar or unzip.'),
    list_options: optional(either(text(), textList())).describe(
      'The command that decompresses a tar to have it listed.',
    ),
    force: withDefault(flag(), false).describe('Whether what is in the way and of another kind is removed.'),
    overwrite: withDefault(flag(), false).describe('Unpacks each time.'),
    clean: withDefault(flag(), false).describe('Removes what the archive has at its top before unpacking.'),
    clean_parent: withDefault(flag(), false).describe('Removes the directory before unpacking.'),
    user: optional(accountName()).describe('Owner of what is unpacked.'),
    group: optional(accountName()).describe('Group of what is unpacked.'),
    if_missing: optional(lineText()).describe('Unpacks only while this path is missing.'),
    trim_output: withDefault(trimming(), 0).describe('How many files the changes tell; true means 100.'),
    use_cmd_unzip: optional(flag()).describe('Whether the changes tell what unzip says.'),
    extract_perms: withDefault(flag(), true).describe('Whether the members of a zip get the modes it has for them.'),
    enforce_toplevel: withDefault(flag(), true).describe(
      'Refuses archives with more than one file or directory at the top.',
    ),
    enforce_ownership_on: optional(lineText()).describe(
      'The path whose owner is looked at; what is at the top unless given.',
    ),
    archive_format: optional(text()).describe('tar, zip or rar; told by the name of the source unless given.'),
    use_etag: withDefault(flag(), false).describe(
      'Whether a remote source needs no hash, for its server tells changes.',
    ),
    keep_source: optional(flag()).describe('Whether the copy of a remote source stays in the cache; it does.'),
    keep: withDefault(flag(), true).describe('Another name of keep_source.'),
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
    const join = (words: string | readonly string[] | undefined): string | undefined =>
      typeof words === 'object' ? words.join(' ') : words;
    const options = join(args.options) === '' ? undefined : join(args.options);
    const lines = args.trim_output === 0 ? undefined : args.trim_output;
    const parts = { options, list_options: join(args.list_options), trim_output: lines };
    return checkExtraction({ ...args, ...parts, name, keep_source: args.keep_source ?? args.keep }, context);
  },
});
