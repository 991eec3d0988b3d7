import { z } from 'zod';
import { flag, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { formatPem } from '../../providers/x509/pem-entry.ts';
import { globPaths } from '../file/glob-paths.ts';
import { safeName } from '../safe-name.ts';
import { readText, writeText } from '../text-file.ts';

const pemType = optional(
  text().refine((kind) => /^[A-Z0-9 ?:()|]+$/.test(kind), 'must be the kind of an entry'),
).describe('Kind of the entry, e.g. CERTIFICATE.');

export const getPemEntry = defineFunction({
  name: 'x509.get_pem_entry',
  summary: 'A PEM entry with its lines as they should be.',
  args: z.object({ text: text().describe('The entry, or the path of a file.'), pem_type: pemType }),
  examples: ["'*' x509.get_pem_entry '/etc/pki/my.crt'"],
  async run({ text: given, pem_type: kind }, { host }) {
    const content = given.includes('-----') ? given : ((await readText(host, given)) ?? given);
    return formatPem(content, kind);
  },
});

export const getPemEntries = defineFunction({
  name: 'x509.get_pem_entries',
  summary: 'The PEM entries of files, by path.',
  args: z.object({ glob_path: text().describe('A pattern of paths.') }),
  examples: ["'*' x509.get_pem_entries '/etc/pki/*.crt'"],
  async run({ glob_path: pattern }, { host }) {
    const found: Record<string, string> = {};
    for (const path of await globPaths(host, pattern)) {
      const content = await readText(host, path);
      if (content?.includes('-----BEGIN') === true) found[path] = formatPem(content);
    }
    return found;
  },
});

export const writePem = defineFunction({
  name: 'x509.write_pem',
  summary: 'Writes a PEM entry to a file for its owner alone, with its lines as they should be.',
  args: z.object({
    text: text().describe('The entry.'),
    path: safeName('a path').describe('Path of the file.'),
    overwrite: withDefault(flag(), true).describe('Replace a file that is there.'),
    pem_type: pemType,
  }),
  examples: [
    `'*' x509.write_pem '-----BEGIN CERTIFICATE-----MIIGMzA...-----END CERTIFICATE-----' path=/etc/pki/mycert.crt`,
  ],
  async run({ text: given, path, overwrite, pem_type: kind }, { host }) {
    const present = overwrite ? undefined : await readText(host, path);
    const kept = (wanted: string): string => {
      try {
        return kind === 'CERTIFICATE' && present !== undefined ? formatPem(present, wanted) : '';
      } catch {
        return '';
      }
    };
    await writeText(host, path, kept('(?:RSA )?PRIVATE KEY') + formatPem(given, kind) + kept('DH PARAMETERS'), {
      mode: 0o600,
    });
    return `PEM written to ${path}`;
  },
});
