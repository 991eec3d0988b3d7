import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { flag, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { bootModules, modulesFile } from '../../providers/kernel/kernel-modules.ts';
import { complaint, runProgram } from '../run-program.ts';
import { readText, writeText } from '../text-file.ts';

const mod = text()
  .refine((value) => /^\w[\w-]*$/.test(value), 'must be the name of a kernel module')
  .describe('Name of the kernel module.');

export const available = defineFunction({
  name: 'kmod.available',
  summary: 'The kernel modules there are for the running kernel, sorted.',
  args: z.object({}),
  examples: ["'*' kmod.available"],
  run: (_args, context) => listAvailable(context),
});

export const checkAvailable = defineFunction({
  name: 'kmod.check_available',
  summary: 'Whether there is a kernel module for the running kernel.',
  args: z.object({ mod }),
  examples: ["'*' kmod.check_available kvm"],
  run: async ({ mod: name }, context) => (await listAvailable(context)).includes(name),
});

export const lsmod = defineFunction({
  name: 'kmod.lsmod',
  summary: 'The kernel modules that are loaded, with their sizes and what depends on them.',
  args: z.object({}),
  examples: ["'*' kmod.lsmod"],
  run: (_args, context) => listLoaded(context),
});

export const modList = defineFunction({
  name: 'kmod.mod_list',
  summary: 'The names of the kernel modules that are loaded, or of those loaded at boot.',
  args: z.object({ only_persist: withDefault(flag(), false).describe('Those loaded at boot.') }),
  examples: ["'*' kmod.mod_list", "'*' kmod.mod_list only_persist=True"],
  run: async ({ only_persist: atBoot }, context) =>
    atBoot
      ? [...new Set(await bootModules(context.host, modulesFile(context.grains)))].toSorted()
      : loadedNames(context),
});

export const isLoaded = defineFunction({
  name: 'kmod.is_loaded',
  summary: 'Whether a kernel module is loaded.',
  args: z.object({ mod }),
  examples: ["'*' kmod.is_loaded kvm"],
  run: async ({ mod: name }, context) => (await loadedNames(context)).includes(name),
});

export const load = defineFunction({
  name: 'kmod.load',
  summary: 'Loads a kernel module and answers the names of those that came with it.',
  args: z.object({ mod, persist: withDefault(flag(), false).describe('Load it at boot too.') }),
  examples: ["'*' kmod.load kvm"],
  async run({ mod: name, persist }, context) {
    const before = await loadedNames(context);
    const result = await runProgram(context, ['modprobe', '--', name]);
    if (result.exitCode !== 0) return `Error loading module ${name}: ${complaint(result)}`;
    const added = (await loadedNames(context)).filter((each) => !before.includes(each));
    const saved = persist && (await saveAtBoot(context, name)) ? [name] : [];
    return [...new Set([...added, ...saved])].toSorted();
  },
});

export const remove = defineFunction({
  name: 'kmod.remove',
  summary: 'Unloads a kernel module and answers the names of those that went.',
  args: z.object({
    mod,
    persist: withDefault(flag(), false).describe('Do not load it at boot either.'),
    comment: withDefault(flag(), true).describe('Comment its line out rather than remove it.'),
  }),
  examples: ["'*' kmod.remove kvm"],
  async run({ mod: name, persist, comment }, context) {
    const before = await loadedNames(context);
    const result = await runProgram(context, ['rmmod', '--', name]);
    if (result.exitCode !== 0) return `Error removing module ${name}: ${complaint(result)}`;
    const after = await loadedNames(context);
    const gone = before.filter((each) => !after.includes(each));
    const saved = persist && (await forgetAtBoot(context, name, comment)) ? [name] : [];
    return [...new Set([...gone, ...saved])].toSorted();
  },
});

async function listLoaded({ host }: FunctionContext): Promise<readonly LoadedModule[]> {
  const lines = ((await readText(host, '/proc/modules')) ?? '').split('\n');
  return lines.flatMap((line) => {
    const [module = '', size = '', depcount, deps = '-'] = line.split(' ');
    if (depcount === undefined) return [];
    return [{ size, module, depcount, deps: deps === '-' ? [] : deps.replace(/,$/, '').split(',') }];
  });
}

type LoadedModule = {
  readonly size: string;
  readonly module: string;
  readonly depcount: string;
  readonly deps: readonly string[];
};

async function loadedNames(context: FunctionContext): Promise<readonly string[]> {
  return (await listLoaded(context)).map(({ module }) => module).toSorted();
}

async function listAvailable({ host, grains }: FunctionContext): Promise<readonly string[]> {
  const folder = `/lib/modules/${pythonStr(grains.get('kernelrelease') ?? '')}`;
  const [builtIn, loadable] = await Promise.all(
    ['modules.builtin', 'modules.dep'].map((file) => readText(host, `${folder}/${file}`)),
  );
  const paths = [
    ...(builtIn ?? '').split('\n'),
    ...(loadable ?? '').split('\n').map((line) => line.slice(0, Math.max(0, line.indexOf(':')))),
  ];
  const names = paths.map((path) => path.replace(/^.*\//, '').replace(/\.ko.*$/, ''));
  return [...new Set(names.filter((name) => name !== '').map((name) => name.replaceAll('-', '_')))].toSorted();
}

async function saveAtBoot({ host, grains }: FunctionContext, name: string): Promise<boolean> {
  if ((await bootModules(host, modulesFile(grains))).includes(name)) return false;
  const text = (await readText(host, modulesFile(grains))) ?? '';
  await writeText(host, modulesFile(grains), `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${name}\n`);
  return true;
}

async function forgetAtBoot({ host, grains }: FunctionContext, name: string, comments: boolean): Promise<boolean> {
  if (!(await bootModules(host, modulesFile(grains))).includes(name)) return false;
  const lines = ((await readText(host, modulesFile(grains))) ?? '').split('\n');
  const isIts = (line: string): boolean => line.replace(/#.*/, '').trim().split(/\s+/)[0] === name;
  const kept = comments
    ? lines.map((line) => (isIts(line) ? `# ${line}` : line))
    : lines.filter((line) => !isIts(line));
  await writeText(host, modulesFile(grains), kept.join('\n'));
  return true;
}
