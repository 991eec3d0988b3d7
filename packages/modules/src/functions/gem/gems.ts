import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, optional, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { isGemName } from '../../providers/packages/gems.ts';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const ruby = optional(lineText()).describe(
  'Accepted for Salt, where it counts with RVM and rbenv: name the program by gem_bin.',
);
const gemBin = optional(safeName('a path')).describe('Path of gem.');
const runas = optional(safeName('the name of an account')).describe('Account to run as.');
const place = { ruby, runas, gem_bin: gemBin };
const gems = textList().describe('Names of gems.');

interface Place {
  readonly runas: string | undefined;
  readonly gem_bin: string | undefined;
}

async function gem(context: FunctionContext, { runas: user, gem_bin: program }: Place, words: readonly string[]) {
  const as = user === undefined ? {} : { user };
  const result = await runProgram(context, [program ?? 'gem', ...words], { timeout: 3_600_000, ...as });
  if (result.exitCode !== 0) throw failure(complaint(result));
  return result.stdout.trimEnd();
}

function namesOf(given: readonly string[]): readonly string[] {
  const names = given.flatMap((name) => name.split(/[\s,]+/)).filter((name) => name !== '');
  const bad = names.find((name) => !isGemName(name));
  if (bad !== undefined) throw failure(`${bad} cannot be the name of a gem.`);
  return names;
}

export const install = defineFunction({
  name: 'gem.install',
  summary: 'Installs gems and answers what gem says.',
  args: z.object({
    gems,
    ruby,
    gem_bin: gemBin,
    runas,
    version: optional(safeName('a version')).describe('The version.'),
    rdoc: withDefault(flag(), false).describe('Make documentation of the kind RDoc.'),
    ri: withDefault(flag(), false).describe('Make documentation of the kind ri.'),
    pre_releases: withDefault(flag(), false).describe('Take versions that are not released.'),
    proxy: optional(safeName('an address')).describe('A proxy.'),
    source: optional(safeName('an address')).describe('A server of gems.'),
  }),
  examples: ["'*' gem.install vagrant", "'*' gem.install redphone gem_bin=/opt/sensu/embedded/bin/gem"],
  run: (args, context) =>
    gem(context, args, [
      'install',
      ...namesOf(args.gems),
      ...(args.version === undefined ? [] : ['--version', args.version]),
      ...(args.rdoc && args.ri ? [] : ['--no-document']),
      ...(args.pre_releases ? ['--prerelease'] : []),
      ...(args.proxy === undefined ? [] : ['-p', args.proxy]),
      ...(args.source === undefined ? [] : ['--source', args.source]),
    ]),
});

export const uninstall = defineFunction({
  name: 'gem.uninstall',
  summary: 'Removes all versions of gems and answers what gem says.',
  args: z.object({ gems, ...place }),
  examples: ["'*' gem.uninstall vagrant"],
  run: (args, context) => gem(context, args, ['uninstall', ...namesOf(args.gems), '-a', '-x']),
});

export const update = defineFunction({
  name: 'gem.update',
  summary: 'Brings gems to their newest versions and answers what gem says.',
  args: z.object({ gems, ...place }),
  examples: ["'*' gem.update vagrant"],
  run: (args, context) => gem(context, args, ['update', ...namesOf(args.gems)]),
});

export const updateSystem = defineFunction({
  name: 'gem.update_system',
  summary: 'Brings gem itself to a version and answers what it says.',
  args: z.object({
    version: withDefault(
      lineText().refine((text) => !text.startsWith('-'), 'must be a version'),
      '',
    ).describe('The version; the newest unless given.'),
    ...place,
  }),
  examples: ["'*' gem.update_system"],
  run: (args, context) => gem(context, args, ['update', '--system', ...(args.version === '' ? [] : [args.version])]),
});

export const version = defineFunction({
  name: 'gem.version',
  summary: 'The version of gem.',
  args: z.object(place),
  examples: ["'*' gem.version"],
  run: async (args, context) =>
    (await gem(context, args, ['--version'])).split('\n').find((line) => /^[.0-9]+/.test(line)) ?? {},
});

export const list = defineFunction({
  name: 'gem.list',
  summary: 'The gems that are installed, with their versions.',
  args: z.object({
    prefix: withDefault(
      lineText().refine((text) => !text.startsWith('-'), 'must be the start of a name'),
      '',
    ).describe('Only names that start so.'),
    ...place,
  }),
  examples: ["'*' gem.list"],
  async run(args, context) {
    const told = await gem(context, args, ['list', ...(args.prefix === '' ? [] : [args.prefix])]);
    const rows = told.split('\n').map((line) => /^(\S+) \((.+)\)/.exec(line));
    return Object.fromEntries(
      rows.flatMap((row): [string, Plain][] =>
        row === null ? [] : [[row[1] ?? '', (row[2] ?? '').split(', ').map((each) => each.replace('default: ', ''))]],
      ),
    );
  },
});

export const listUpgrades = defineFunction({
  name: 'gem.list_upgrades',
  summary: 'The gems that have a newer version, with it.',
  args: z.object(place),
  examples: ["'*' gem.list_upgrades"],
  async run(args, context) {
    const rows = (await gem(context, args, ['outdated'])).matchAll(/^(\S+) \(\S+ < (\S+)\)/gm);
    return Object.fromEntries([...rows].map(([, name = '', newest = '']) => [name, newest]));
  },
});

const address = safeName('an address').describe('Address of the server.');

export const sourcesAdd = sourceFunction('gem.sources_add', 'Adds a server of gems', '--add');
export const sourcesRemove = sourceFunction('gem.sources_remove', 'Removes a server of gems', '--remove');

function sourceFunction(name: string, does: string, option: string) {
  return defineFunction({
    name,
    summary: `${does} and answers what gem says.`,
    args: z.object({ source_uri: address, ...place }),
    examples: [`'*' ${name} http://rubygems.org/`],
    run: (args, context) => gem(context, args, ['sources', option, args.source_uri]),
  });
}

export const sourcesList = defineFunction({
  name: 'gem.sources_list',
  summary: 'The servers of gems.',
  args: z.object(place),
  examples: ["'*' gem.sources_list"],
  run: async (args, context) => (await gem(context, args, ['sources'])).split('\n').slice(2),
});
