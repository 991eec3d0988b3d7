import { createHash } from 'node:crypto';
import { pythonStr, traverse } from '@brine/common';
import { z } from 'zod';
import {
  absolutePath,
  defineState,
  fails,
  isOk,
  oneOf,
  optional,
  text,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';

/** `file.decode` */
export const decode = defineState({
  name: 'file.decode',
  summary: 'Keeps a file with content that is written down encoded.',
  args: z.object({
    name: absolutePath().describe('Absolute path of the file.'),
    encoded_data: optional(text()).describe('The encoded content.'),
    contents_pillar: optional(text()).describe('Pillar key of the encoded content.'),
    encoding_type: withDefault(oneOf('base64', 'hex'), 'base64').describe('How it is encoded.'),
    checksum: withDefault(oneOf('md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'), 'md5').describe(
      'Digest shown in changes.',
    ),
  }),
  examples: [
    `/etc/app/keytab:
  file.decode:
    - encoding_type: base64
    - encoded_data: aGVsbG8K`,
  ],
  async check(args, { host, pillar }) {
    const { name, encoded_data: given, contents_pillar: key } = args;
    if (given !== undefined && key !== undefined)
      return fails("Specify only one 'encoded_data' or 'contents_pillar' argument.");
    if (given === undefined && key === undefined)
      return fails("Specify either the 'encoded_data' or 'contents_pillar' argument.");
    const encoded = given ?? traverse(pillar, key ?? '');
    if (encoded === undefined) return fails('Pillar data not found.');
    const content = Buffer.from(pythonStr(encoded).replace(/\s+/g, ''), args.encoding_type);
    const before = await host.files.read(name);
    if (before !== undefined && content.equals(before)) return isOk('File is in the correct state.');
    const digest = (bytes: Uint8Array): string => createHash(args.checksum).update(bytes).digest('hex');
    const changes = { old: before === undefined ? null : digest(before), new: digest(content) };
    return willChange({ comment: 'File is set to be updated.', changes }, (machine) =>
      attempt('', async () => {
        await machine.files.write((await machine.files.realPath(name)) ?? name, content);
        return { comment: 'File was updated.', changes };
      }),
    );
  },
});
