import { z } from 'zod';
import { commaList, flag, lineText, optional, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { readDownloads } from '../../providers/packages/downloads.ts';
import { failure } from '../failure.ts';
import { readOutput, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const name = lineText().describe('Name of a package.');

export const normalizeName = defineFunction({
  name: 'pkg.normalize_name',
  summary: 'The name of a package without the architecture when it is that of this machine.',
  args: z.object({ name }),
  examples: ["'*' pkg.normalize_name zsh:amd64"],
  run({ name: given }, { grains }) {
    const { bare, architecture } = parts(given);
    const own = [grains.get('osarch'), 'all', 'any'];
    return architecture === undefined || own.includes(architecture) ? bare : given;
  },
});

export const parseArch = defineFunction({
  name: 'pkg.parse_arch',
  summary: 'Name and architecture of a package.',
  args: z.object({ name }),
  examples: ["'*' pkg.parse_arch zsh:amd64"],
  run({ name: given }) {
    const { bare, architecture } = parts(given);
    return { name: bare, arch: architecture ?? null };
  },
});

function parts(given: string): { readonly bare: string; readonly architecture: string | undefined } {
  const at = given.lastIndexOf(':');
  return at === -1
    ? { bare: given, architecture: undefined }
    : { bare: given.slice(0, at), architecture: given.slice(at + 1) };
}

export const availableVersion = defineFunction({
  name: 'pkg.available_version',
  ignoresOthers: true,
  summary: 'The version an upgrade of a package would bring; an empty text when it is up to date or unknown.',
  args: z.object({
    names: textList().describe('Names of packages.'),
    refresh: withDefault(flag(), true).describe('Fetch the lists of packages first.'),
  }),
  variadic: 'names',
  examples: ["'*' pkg.available_version bash", "'*' pkg.available_version bash tar refresh=False"],
  run: ({ names, refresh }, { call }) => call('pkg.latest_version', [...names], new Map([['refresh', refresh]])),
});

export const show = defineFunction({
  name: 'pkg.show',
  ignoresOthers: true,
  summary: 'What the lists of packages say of packages, by name and version.',
  args: z.object({
    names: textList().describe('Names of packages.'),
    filter: withDefault(commaList(), []).describe('Only these fields.'),
    refresh: withDefault(flag(), false).describe('Fetch the lists of packages first.'),
  }),
  variadic: 'names',
  examples: ["'*' pkg.show gawk", "'*' pkg.show gawk filter=description,provides"],
  async run({ names, filter, refresh }, context) {
    if (names.length === 0) return {};
    if (refresh) await context.call('pkg.refresh_db');
    const bad = names.find((each) => each.startsWith('-'));
    if (bad !== undefined) throw failure(`${bad} cannot be the name of a package.`);
    const command = ['apt-cache', 'show', ...names];
    const { stdout } = await context.host.inspect({ command, signal: context.signal, timeout: 300_000 });
    const wanted = new Set(filter.map((field) => field.toLowerCase()));
    const found: Record<string, Record<string, Record<string, string>>> = {};
    for (const paragraph of stdout.split(/\n\s*\n/)) {
      const { Package: pkg, Version: version, ...facts } = readFields(paragraph);
      if (pkg === undefined || version === undefined) continue;
      const kept = Object.entries(facts).filter(([field]) => wanted.size === 0 || wanted.has(field.toLowerCase()));
      const versions = (found[pkg] ??= {});
      versions[version] = { ...versions[version], ...Object.fromEntries(kept) };
    }
    return found;
  },
});

// As Salt reads them: a line with a colon is a field, also one that continues a description.
function readFields(paragraph: string): Record<string, string> {
  const lines = paragraph.split('\n').map((line) => /^([^:]*):([\s\S]*)$/.exec(line.trim()));
  return Object.fromEntries(
    lines.flatMap((line) => (line === null ? [] : [[line[1]?.trim() ?? '', line[2]?.trim() ?? '']])),
  );
}

export const listDownloaded = defineFunction({
  name: 'pkg.list_downloaded',
  ignoresOthers: true,
  summary: 'The packages in the cache of apt, dnf, yum or zypper, by name and version.',
  args: z.object({ root: optional(safeName('a path')).describe('Another root folder.') }),
  examples: ["'*' pkg.list_downloaded"],
  async run({ root = '' }, { host, grains }) {
    const manager = await choosePackageManager(host, grains);
    const found = await readDownloads(manager, host, root.replace(/\/$/, ''));
    if (found === undefined) throw failure(`${manager.name} has no list of what it downloaded.`);
    return found;
  },
});

export const autoremove = defineFunction({
  name: 'pkg.autoremove',
  summary: 'Removes packages that nothing needs any more, and answers which; with `list_only` only tells them.',
  args: z.object({
    list_only: withDefault(flag(), false).describe('Only tell which.'),
    purge: withDefault(flag(), false).describe('Remove their configuration too.'),
  }),
  examples: ["'*' pkg.autoremove", "'*' pkg.autoremove list_only=True"],
  async run({ list_only: listOnly, purge }, context) {
    const environment = { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
    const words = [...(purge ? ['--purge'] : []), 'autoremove'];
    if (listOnly) {
      const command = ['apt-get', '--simulate', ...words];
      const { stdout } = await context.host.inspect({ command, environment, signal: context.signal, timeout: 300_000 });
      return [...stdout.matchAll(/^(?:Remv|Purg) (\S+)/gm)].map(([, pkg]) => pkg ?? '').toSorted();
    }
    const before = await installed(context);
    const result = await runProgram(context, ['apt-get', '--assume-yes', ...words], {
      environment,
      timeout: 3_600_000,
    });
    if (result.exitCode !== 0) context.log.error('autoremove failed', { said: result.stderr.trim() });
    context.memory.clear();
    const after = await installed(context);
    const gone = [...before].filter(([pkg]) => !after.has(pkg));
    return Object.fromEntries(gone.map(([pkg, version]) => [pkg, { old: version, new: '' }]));
  },
});

async function installed(context: FunctionContext): Promise<ReadonlyMap<string, string>> {
  const format = '${db:Status-Abbrev}${binary:Package} ${Version}\\n';
  const told = await readOutput(context, ['dpkg-query', '--show', `--showformat=${format}`]);
  const lines = told.split('\n').map((line) => /^.i.(\S+) (\S+)$/.exec(line));
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line[1] ?? '', line[2] ?? ''] as const])));
}

export const servicesNeedRestart = defineFunction({
  name: 'pkg.services_need_restart',
  ignoresOthers: true,
  summary: 'The services that still run files of packages that were replaced.',
  args: z.object({}),
  examples: ["'*' pkg.services_need_restart"],
  async run(_args, context) {
    if ((await context.host.which('checkrestart')) === undefined)
      throw failure(
        "'checkrestart' is needed. It is part of the 'debian-goodies' package which can be installed from official repositories.",
      );
    const command = ['checkrestart', '--machine', '--package'];
    const { stdout } = await context.host.inspect({ command, signal: context.signal, timeout: 600_000 });
    const lines = stdout.split('\n').filter((line) => line.startsWith('SERVICE:'));
    return [...new Set(lines.map((line) => line.slice('SERVICE:'.length).split(',')[0] ?? ''))];
  },
});
