import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { ask, environmentOfPip, installed, place, readRows, runPip } from './ask-pip.ts';

const address = lineText().refine(
  (url) => /^(https?|file):\/\//.test(url),
  'must be an address of http, https or file',
);

export const listFreezeParse = defineFunction({
  name: 'pip.list_freeze_parse',
  ignoresOthers: true,
  summary: 'The packages of `pip freeze`, and pip: name → version.',
  args: z.object({ prefix: optional(text()).describe('Only names that start so.'), ...place, ...environmentOfPip }),
  examples: ["'*' pip.list_freeze_parse salt"],
  async run(args, context) {
    const prefix = args.prefix?.toLowerCase() ?? '';
    const lines = (await ask(context, args, ['freeze'])).split('\n');
    const own = /^pip (\S+)/.exec(await ask(context, args, ['--version']))?.[1];
    const rows = [...(own === undefined ? [] : [['pip', own] as const]), ...lines.flatMap((line) => readLine(line))];
    return Object.fromEntries(rows.filter(([name]) => name.toLowerCase().startsWith(prefix)));
  },
});

// `name==version`, `name===version`, `name @ address` is left out, and of projects their address comes first.
function readLine(line: string): readonly (readonly [string, string])[] {
  const [, isProject, rest = ''] = /^(-e )?(.*)$/.exec(line) ?? [];
  const [, project, egg] = isProject === undefined ? [] : (/^(.*?)#egg=(.*)$/.exec(rest) ?? []);
  if (project !== undefined && egg !== undefined) return [[egg, project]];
  const [, name, version] = /^([^-#\s=][^=]*?)={2,3}(.+)$/.exec(rest) ?? [];
  return name === undefined || version === undefined ? [] : [[name, version]];
}

export const listAllVersions = defineFunction({
  name: 'pip.list_all_versions',
  summary: 'The versions of a package that the index has, oldest first; null when it has none.',
  args: z.object({
    pkg: safeName('the name of a package').describe('Name of the package.'),
    bin_env: place.bin_env,
    include_alpha: withDefault(flag(), false).describe('Versions with an `a` in them too.'),
    include_beta: withDefault(flag(), false).describe('Versions with a `b` in them too.'),
    include_rc: withDefault(flag(), false).describe('Candidates for a release too.'),
    user: place.user,
    cwd: place.cwd,
    index_url: optional(address).describe('The index to ask.'),
    extra_index_url: optional(address).describe('A further index.'),
  }),
  examples: ["'*' pip.list_all_versions <package name>"],
  async run(args, context): Promise<Plain> {
    const indexes = [
      ...(args.index_url === undefined ? [] : [`--index-url=${args.index_url}`]),
      ...(args.extra_index_url === undefined ? [] : [`--extra-index-url=${args.extra_index_url}`]),
    ];
    const { exitCode, stdout, stderr } = await runPip(context, args, ['index', 'versions', ...indexes, '--', args.pkg]);
    if (exitCode === 127) throw failure('Could not find a `pip` binary');
    const told = /^\s*Available versions: (.*)$/m.exec(`${stdout}\n${stderr}`)?.[1] ?? '';
    const isWanted = (version: string): boolean =>
      version !== '' &&
      (args.include_alpha || !version.includes('a')) &&
      (args.include_beta || !version.includes('b')) &&
      (args.include_rc || !version.includes('rc'));
    // pip tells the newest first.
    const versions = told.trim().split(', ').filter(isWanted).toReversed();
    return versions.length === 0 ? null : versions;
  },
});

export const upgrade = defineFunction({
  name: 'pip.upgrade',
  summary: 'Brings the newer versions that there are of packages, and answers what changed.',
  args: z.object({ ...place, use_vt: withDefault(flag(), false).describe('Accepted for Salt.') }),
  examples: ["'*' pip.upgrade"],
  async run(args, context): Promise<Plain> {
    const old = new Map(await installed(context, args, undefined));
    const outdated = readRows(await ask(context, args, ['list', '--outdated', '--format=json']));
    const results = [];
    for (const { name } of outdated) results.push(await runPip(context, args, ['install', '-U', '--', name]));
    const now = new Map(await installed(context, args, undefined));
    const names = [...new Set([...old.keys(), ...now.keys()])];
    const changed = names.filter((name) => old.get(name) !== now.get(name));
    return {
      changes: Object.fromEntries(
        changed.map((name) => [name, { old: old.get(name) ?? '', new: now.get(name) ?? '' }]),
      ),
      result: results.every(({ exitCode }) => exitCode === 0),
      comment: results.map(({ stderr }) => stderr).join(''),
    };
  },
});
