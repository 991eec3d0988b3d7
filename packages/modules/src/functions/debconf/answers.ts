import type { Plain } from '@brine/common';
import { z } from 'zod';
import { dict, flag, lineText, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { complaint, readOutput, runProgram } from '../run-program.ts';
import { readText } from '../text-file.ts';

export const getSelections = defineFunction({
  name: 'debconf.get_selections',
  summary: 'The answers packages were given: package → list of question, kind and answer.',
  args: z.object({ fetchempty: withDefault(flag(), true).describe('Also those without an answer.') }),
  examples: ["'*' debconf.get_selections"],
  run: async ({ fetchempty }, context) => Object.fromEntries(await readAnswers(context, fetchempty)),
});

export const show = defineFunction({
  name: 'debconf.show',
  summary: 'The answers a package was given; null for one without questions.',
  args: z.object({ name: lineText().describe('Name of the package.') }),
  examples: ["'*' debconf.show cloud-init"],
  run: async ({ name }, context) => (await readAnswers(context, true)).get(name) ?? null,
});

async function readAnswers(context: FunctionContext, withEmpty: boolean): Promise<ReadonlyMap<string, Plain[]>> {
  const told = await readOutput(context, ['debconf-get-selections'], { timeout: 300_000 });
  const found = new Map<string, Plain[]>();
  for (const line of told.split('\n').filter((each) => each.trim() !== '' && !each.startsWith('#'))) {
    const [owner = '', question = '', kind = '', ...answer] = line.split('\t');
    const value = answer.join('\t');
    if (withEmpty || value !== '') found.set(owner, [...(found.get(owner) ?? []), [question, kind, value]]);
  }
  return found;
}

export const set = defineFunction({
  name: 'debconf.set',
  summary: 'Gives a package an answer; answers true.',
  args: z.object({
    package: lineText().describe('The package.'),
    question: lineText().describe('The question.'),
    type: lineText().describe('Its kind: string, boolean, select …'),
    value: lineText().describe('The answer.'),
    extra: textList().describe('Further words of the answer.'),
  }),
  variadic: 'extra',
  examples: ["'*' debconf.set cloud-init cloud-init/datasources multiselect 'NoCloud, ConfigDrive'"],
  async run(args, context) {
    const value = [args.value, ...args.extra].join(' ');
    await apply(context, `${args.package} ${args.question} ${args.type} ${value}\n`);
    return true;
  },
});

const path = text().describe('Path or address of the file.');
const saltenv = withDefault(text(), 'base').describe('The environment of `salt://`.');

export const setFile = defineFunction({
  name: 'debconf.set_file',
  summary: 'Gives packages the answers of a file; false when there is no such file.',
  args: z.object({ path, saltenv }),
  examples: ["'*' debconf.set_file salt://pathto/pkg.selections"],
  async run({ path: file, saltenv: environment }, context) {
    const cached = await context.call('cp.cache_file', [file, environment]);
    const content = typeof cached === 'string' && cached !== '' ? await readText(context.host, cached) : undefined;
    if (content === undefined) return false;
    await apply(context, content);
    return true;
  },
});

export const setTemplate = defineFunction({
  name: 'debconf.set_template',
  summary: 'Gives packages the answers of a template; false when there is no such file.',
  args: z.object({
    path,
    template: withDefault(text(), 'jinja').describe('The engine.'),
    context: optional(dict()).describe('Variables of the template.'),
    defaults: optional(dict()).describe('Variables that `context` may override.'),
    saltenv,
  }),
  examples: ["'*' debconf.set_template salt://pathto/pkg.selections.jinja jinja"],
  async run(args, context) {
    const cached = await context.call('cp.cache_file', [args.path, args.saltenv]);
    const content = typeof cached === 'string' && cached !== '' ? await readText(context.host, cached) : undefined;
    if (content === undefined) return false;
    const rendered = await context.render({
      text: content,
      file: args.path.replace(/^salt:\/\//, ''),
      engine: args.template,
      context: new Map([...(args.defaults ?? []), ...(args.context ?? [])]),
      saltenv: args.saltenv,
    });
    await apply(context, rendered);
    return true;
  },
});

async function apply(context: FunctionContext, answers: string): Promise<void> {
  const result = await runProgram(context, ['debconf-set-selections'], { input: answers, timeout: 300_000 });
  if (result.exitCode !== 0) throw failure(`debconf-set-selections failed: ${complaint(result)}`);
}
