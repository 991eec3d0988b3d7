import { isDict, loadYaml, pythonStr, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { anyValue, flag, lineText, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { complaint, readOutput, runProgram } from '../run-program.ts';
import { readText } from '../text-file.ts';

const states = ['install', 'hold', 'deinstall', 'purge'];

export const getSelections = defineFunction({
  name: 'pkg.get_selections',
  summary: 'What dpkg is told to do with packages: selection → names.',
  args: z.object({
    pattern: optional(lineText()).describe('Only names that fit this pattern.'),
    state: optional(oneOf('install', 'hold', 'deinstall', 'purge')).describe('Only this selection.'),
  }),
  examples: ["'*' pkg.get_selections", "'*' pkg.get_selections 'python-*'", "'*' pkg.get_selections state=hold"],
  async run({ pattern = '*', state }, context) {
    const found = readSelections(await readOutput(context, ['dpkg', '--get-selections', '--', pattern]));
    return state === undefined ? Object.fromEntries(found) : { [state]: found.get(state) ?? [] };
  },
});

export const setSelections = defineFunction({
  name: 'pkg.set_selections',
  summary: 'Tells dpkg what to do with packages; answers what changed.',
  args: z.object({
    path: optional(text()).describe('A file as `dpkg --get-selections` writes it; may be on the file server.'),
    selection: optional(anyValue()).describe('Selections: `{install: [a, b]}`, or that as a text of YAML.'),
    clear: withDefault(flag(), false).describe('Mark all packages for removal first.'),
    saltenv: withDefault(text(), 'base').describe('The environment of `salt://`.'),
  }),
  examples: [
    `'*' pkg.set_selections selection='{"install": ["netcat"]}'`,
    "'*' pkg.set_selections salt://path/to/file",
  ],
  async run({ path, selection, clear, saltenv }, context) {
    if (path === undefined && selection === undefined) return {};
    if (path !== undefined && selection !== undefined)
      throw failure(
        "The 'selection' and 'path' arguments to pkg.set_selections are mutually exclusive, and cannot be specified together",
      );
    const wanted = path === undefined ? readGiven(selection ?? null) : await readFile(path, saltenv, context);
    const bad = [...wanted.keys()].filter((state) => !states.includes(state));
    if (bad.length > 0) throw failure(`Invalid state(s): ${bad.join(', ')}`);
    return context.options.get('test') === true ? {} : select(wanted, clear, context);
  },
});

type Changes = Record<string, { readonly old: string | null; readonly new: string }>;

async function select(wanted: Selections, clear: boolean, context: FunctionContext): Promise<Changes> {
  const before = readSelections(await readOutput(context, ['dpkg', '--get-selections', '*']));
  const was = new Map([...before].flatMap(([state, names]) => names.map((name) => [name, state] as const)));
  if (clear) {
    const result = await runProgram(context, ['dpkg', '--clear-selections']);
    if (result.exitCode !== 0) throw failure(`Running dpkg --clear-selections failed: ${complaint(result)}`);
  }
  const changes: Changes = {};
  for (const [name, state] of [...wanted].flatMap(([to, names]) => names.map((each) => [each, to] as const))) {
    if (was.get(name) === state) continue;
    if (!/^[\w.+:-]+$/.test(name)) throw failure(`${name} cannot be the name of a package.`);
    const result = await runProgram(context, ['dpkg', '--set-selections'], { input: `${name} ${state}\n` });
    if (result.exitCode === 0) changes[name] = { old: was.get(name) ?? null, new: state };
    else context.log.error('a selection could not be set', { package: name, said: complaint(result) });
  }
  return changes;
}

type Selections = ReadonlyMap<string, readonly string[]>;

function readSelections(written: string): Selections {
  const found = new Map<string, string[]>();
  for (const line of written.split('\n')) {
    const [name, state] = line.trim().split(/\s+/);
    if (name === undefined || state === undefined) continue;
    found.set(state, [...(found.get(state) ?? []), name]);
  }
  return found;
}

function readGiven(selection: Value): Selections {
  const data: Value = typeof selection === 'string' ? loadYaml(selection, { file: 'selection' }).value : selection;
  if (!isDict(data)) throw failure('Improperly-formatted selection: it has to be a dictionary');
  return new Map(
    [...(data as Dict)].map(([state, names]) => [
      pythonStr(state),
      (Array.isArray(names) ? names : [names]).map((name) => pythonStr(name)),
    ]),
  );
}

async function readFile(path: string, saltenv: string, context: FunctionContext): Promise<Selections> {
  const cached = await context.call('cp.cache_file', [path, saltenv]);
  const content = typeof cached === 'string' ? await readText(context.host, cached) : undefined;
  if (content === undefined) throw failure(`${path} could not be found`);
  return readSelections(content);
}
