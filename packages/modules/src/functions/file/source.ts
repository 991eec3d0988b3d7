import { isDict, type Plain } from '@brine/common';
import { z } from 'zod';
import { dict, either, flag, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { diffContents } from '../../providers/files/diff-files.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';

const fileDescription = 'Path of a file, or its address (`salt://…`).';

export const getDiff = defineFunction({
  name: 'file.get_diff',
  summary: 'The unified diff of two files, either of which may be on the file server.',
  args: z.object({
    file1: text().describe(fileDescription),
    file2: text().describe(fileDescription),
    saltenv: withDefault(text(), 'base').describe('The environment of `salt://`.'),
    show_filenames: withDefault(flag(), true).describe('Name the files in the diff.'),
    show_changes: withDefault(flag(), true).describe('Show the diff rather than a note that there is one.'),
    template: withDefault(flag(), false).describe('The files come of a template, which may be kept back.'),
    source_hash_file1: optional(text()).describe('The hash the first file has to have when it is remote.'),
    source_hash_file2: optional(text()).describe('The hash the second file has to have when it is remote.'),
  }),
  examples: ["'*' file.get_diff /home/fred/.vimrc salt://users/fred/.vimrc"],
  async run(args, context) {
    const hashes = [args.source_hash_file1, args.source_hash_file2];
    const contents = await Promise.all(
      [args.file1, args.file2].map((file, index) =>
        readAny(context, { file, saltenv: args.saltenv, hash: hashes[index] }),
      ),
    );
    const [first, second] = contents;
    if (first === undefined || second === undefined) {
      const missing = [args.file1, args.file2].filter((_file, index) => contents[index] === undefined);
      throw failure(`Failed to cache one or more files: ${missing.map((file) => `File ${file} not found`).join(', ')}`);
    }
    if (Buffer.compare(first, second) === 0) return '';
    if (args.template && context.options.get('obfuscate_templates') === true) return '<Obfuscated Template>';
    if (!args.show_changes) return '<show_changes=False>';
    const diff = diffContents(first, second);
    if (!args.show_filenames) return diff;
    return diff.replace(/^--- \n\+\+\+ \n/, `--- ${args.file1}\n+++ ${args.file2}\n`);
  },
});

export const applyTemplateOnContents = defineFunction({
  name: 'file.apply_template_on_contents',
  summary: 'Renders a text by a template engine.',
  args: z.object({
    contents: text().describe('The text.'),
    template: text().describe('The engine, e.g. `jinja`.'),
    context: optional(either(oneOf(''), dict())).describe('Variables of the template.'),
    defaults: optional(either(oneOf(''), dict())).describe('Variables that `context` may override.'),
    saltenv: withDefault(text(), 'base').describe('The environment templates are included from.'),
  }),
  examples: [
    `'*' file.apply_template_on_contents contents='a {{ b }}' template=jinja "context={b: x}" "defaults={b: y}" saltenv=base`,
  ],
  async run({ contents, template, context: variables, defaults, saltenv }, context): Promise<Plain> {
    if (template !== 'jinja') {
      return { result: false, comment: `Specified template format ${template} is not supported` };
    }
    const joined = new Map([...(isDict(defaults) ? defaults : []), ...(isDict(variables) ? variables : [])]);
    return context.render({ text: contents, file: '<contents>', engine: template, context: joined, saltenv });
  },
});

interface Wanted {
  readonly file: string;
  readonly saltenv: string;
  readonly hash: string | undefined;
}

async function readAny(
  { host, call }: FunctionContext,
  { file, saltenv, hash }: Wanted,
): Promise<Uint8Array | undefined> {
  if (!/^[a-z0-9+]+:\/\//i.test(file)) return host.files.read(await expandHome(host, file));
  const keyword = new Map(hash === undefined ? [] : [['source_hash', hash] as const]);
  const cached = await call('cp.cache_file', [file, saltenv], keyword);
  return typeof cached === 'string' && cached !== '' ? host.files.read(cached) : undefined;
}
