import { z } from 'zod';
import { flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { ask, environmentOfPip, installed, place, readRows } from './ask-pip.ts';

export const version = defineFunction({
  name: 'pip.version',
  summary: 'The version of pip.',
  args: z.object({ bin_env: place.bin_env, cwd: place.cwd, user: place.user }),
  examples: ["'*' pip.version"],
  run: async (args, context) => /^pip (\S+)/.exec(await ask(context, args, ['--version']))?.[1] ?? null,
});

export const list = defineFunction({
  name: 'pip.list',
  ignoresOthers: true,
  summary: 'The packages pip knows to be installed: name → version.',
  args: z.object({ prefix: optional(text()).describe('Only names that start so.'), ...place, ...environmentOfPip }),
  examples: ["'*' pip.list salt"],
  run: async (args, context) => Object.fromEntries(await installed(context, args, args.prefix)),
});

export const freeze = defineFunction({
  name: 'pip.freeze',
  ignoresOthers: true,
  summary: 'What `pip freeze` prints, as a list of lines.',
  args: z.object({
    ...place,
    use_vt: withDefault(flag(), false).describe('Accepted for Salt.'),
    ...environmentOfPip,
  }),
  examples: ["'*' pip.freeze bin_env=/home/code/path/to/virtualenv/"],
  run: async (args, context) => (await ask(context, args, ['freeze'])).split('\n').filter((line) => line !== ''),
});

export const isInstalled = defineFunction({
  name: 'pip.is_installed',
  summary: 'Whether a package is installed.',
  args: z.object({ pkgname: lineText().describe('Name of the package.'), ...place }),
  examples: ["'*' pip.is_installed salt"],
  run: async (args, context) =>
    (await installed(context, args, args.pkgname)).some(([name]) => name.toLowerCase() === args.pkgname.toLowerCase()),
});

export const listUpgrades = defineFunction({
  name: 'pip.list_upgrades',
  summary: 'The packages that have a newer version: name → that version.',
  args: z.object(place),
  examples: ["'*' pip.list_upgrades"],
  async run(args, context) {
    const rows = readRows(await ask(context, args, ['list', '--outdated', '--format=json']));
    return Object.fromEntries(rows.map((row) => [row.name, row.latest_version ?? '']));
  },
});

export const upgradeAvailable = defineFunction({
  name: 'pip.upgrade_available',
  summary: 'Whether a package has a newer version.',
  args: z.object({ pkg: lineText().describe('Name of the package.'), ...place }),
  examples: ["'*' pip.upgrade_available <package name>"],
  async run(args, context) {
    const rows = readRows(await ask(context, args, ['list', '--outdated', '--format=json']));
    return rows.some((row) => row.name === args.pkg);
  },
});
