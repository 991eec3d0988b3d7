import { isAppError } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, text } from '../../kit/index.ts';
import { checkFilePlace, fileArguments } from '../../providers/files/file-arguments.ts';
import { manageFile } from '../../providers/files/manage-file.ts';
import { loadBytes } from '../../providers/x509/keys.ts';
import { formatPem } from '../../providers/x509/pem-entry.ts';

/** `x509.pem_managed` */
export const pemManaged = defineState({
  name: 'x509.pem_managed',
  summary: 'Keeps a PEM text in a file, its lines as they should be.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    text: text().describe('The PEM text, also on one line, or the path of a file that has it.'),
    ...fileArguments,
  }),
  examples: [
    `/etc/ssl/ca.crt:
  x509.pem_managed:
    - text: /srv/keys/ca.pem`,
  ],
  async check(args, context) {
    try {
      const refusal = await checkFilePlace(args, context);
      if (refusal !== undefined) return refusal;
      const source = args.text.startsWith('/')
        ? (await loadBytes(context.host, args.text)).toString('utf8')
        : args.text;
      const content = { origin: 'contents' as const, bytes: Buffer.from(formatPem(source)), mode: args.mode };
      return await manageFile({ ...args, content, replace: true, show_changes: false }, context);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});
