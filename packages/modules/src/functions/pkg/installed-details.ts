import type { Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readOutput } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

// Salt's name of a detail → the field of dpkg's database.
const fields: Readonly<Record<string, string>> = {
  name: 'Package',
  revision: 'binary:Revision',
  arch: 'Architecture',
  packager: 'Maintainer',
  summary: 'binary:Summary',
  source: 'source:Package',
  version: 'Version',
  group: 'Section',
  size: 'Size',
  vendor: 'Origin',
  url: 'Homepage',
  status: 'db:Status-Abbrev',
  description: 'Description',
};
const fieldEnd = '\u001f';
const recordEnd = '\u001e';

export const infoInstalled = defineFunction({
  name: 'pkg.info_installed',
  summary: 'What is known of installed packages, of all unless names are given.',
  args: z.object({
    names: textList().describe('Names of packages.'),
    failhard: withDefault(flag(), true).describe('Fail when one is not installed.'),
    attr: optional(commaList()).describe('The details that are wanted.'),
    all_versions: withDefault(flag(), false).describe('Answer lists, for machines with several versions of a package.'),
    errors: optional(text()).describe('Accepted for Salt, where it counts with rpm only.'),
  }),
  variadic: 'names',
  examples: ["'*' pkg.info_installed", "'*' pkg.info_installed bash tar attr=version,vendor"],
  async run({ names, failhard, attr, all_versions: asList }, context) {
    const wanted = names.map((each) => safeName('the name of a package').parse(each));
    const format = Object.values(fields)
      .map((field) => `\${${field}}${fieldEnd}`)
      .join('');
    const command = ['dpkg-query', '--show', `--showformat=${format}${recordEnd}`, '--', ...wanted];
    const output = await readOutput(context, command).catch((error: unknown) => {
      if (failhard) throw error;
      return '';
    });
    const found: Record<string, Plain> = {};
    for (const record of output.split(recordEnd).filter((each) => each !== '')) {
      const details = readRecord(record);
      if (details['status']?.[1] !== 'i') continue;
      const name = details['name'] ?? '';
      const chosen = Object.entries(details).filter(
        ([key, value]) => key !== 'status' && value !== '' && (attr === undefined || attr.includes(key)),
      );
      found[name] = asList ? [Object.fromEntries(chosen)] : Object.fromEntries(chosen);
    }
    return found;
  },
});

function readRecord(record: string): Readonly<Record<string, string>> {
  const values = record.split(fieldEnd);
  return Object.fromEntries(Object.keys(fields).map((name, index) => [name, values[index]?.trim() ?? '']));
}
