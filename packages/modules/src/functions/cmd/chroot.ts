import { posix } from 'node:path';
import { z } from 'zod';
import { commaList, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import {
  commandLine,
  environmentArguments,
  placeArguments,
  pythonShell,
  tuningArguments,
} from './command-arguments.ts';
import { runCommand, type CommandAnswer, type CommandContext, type CommandRun } from './run-command.ts';

export const runChroot = defineFunction({
  name: 'cmd.run_chroot',
  ignoresOthers: true,
  summary:
    'Runs a command with another folder as root, where dev, proc and sys are mounted meanwhile; answers like `cmd.run_all`.',
  args: z.object({
    root: text().describe('The folder.'),
    cmd: commandLine().describe('The command: a line, or a list of words.'),
    ...placeArguments,
    python_shell: pythonShell,
    binds: withDefault(commaList(), []).describe('Folders that are seen at the same place below the root meanwhile.'),
    ...environmentArguments,
    ...tuningArguments,
  }),
  examples: ["'*' cmd.run_chroot /var/lib/lxc/container_name/rootfs 'sh /tmp/bootstrap.sh'"],
  run: async ({ root, binds, ...args }, context) => ({
    ...(await runInChroot({ ...args, usesShell: true }, { root, binds }, context)),
  }),
});

/** Another root, and folders of this machine that are seen in it. */
export interface Jail {
  readonly root: string;
  readonly binds: readonly string[];
}

/** Runs a command in another root, as Salt does: with kernel file systems mounted there, and no process left behind. */
export async function runInChroot(run: CommandRun, jail: Jail, context: CommandContext): Promise<CommandAnswer> {
  const { root } = jail;
  const { host } = context;
  const isFolder = posix.isAbsolute(root) && (await host.files.stat(root, { follow: true }))?.kind === 'directory';
  if (!isFolder) throw failure(`Specified root '${root}' either not absolute or does not exist`);
  const mounted = await mountAll(jail, context);
  try {
    const line = typeof run.cmd === 'string' ? run.cmd : run.cmd.join(' ');
    const { runas, group, shell: _outside, ...rest } = run;
    const user = runas === undefined || runas === '' ? [] : ['--userspec', `${runas}:${group ?? ''}`];
    const isBash = (await host.files.stat(posix.join(root, 'bin/bash'), { follow: true }))?.kind === 'file';
    const cmd = ['chroot', ...user, root, isBash ? '/bin/bash' : '/bin/sh', '-c', line];
    return await runCommand({ ...rest, cmd, usesShell: false }, context);
  } finally {
    await endProcesses(root, context);
    for (const path of mounted.toReversed()) await host.run({ command: ['umount', path], timeout: 60_000 });
  }
}

/** Mounts what a system needs below a root; answers where that was done. */
async function mountAll({ root, binds }: Jail, { host, log }: CommandContext): Promise<readonly string[]> {
  const kernel = [
    { folder: 'dev', words: ['-t', 'devtmpfs', 'devtmpfs'] },
    { folder: 'proc', words: ['-t', 'proc', 'proc'] },
    { folder: 'sys', words: ['-t', 'sysfs', 'sysfs'] },
  ];
  const odd = binds.find((path) => !posix.isAbsolute(path));
  if (odd !== undefined) throw failure(`Specified bind '${odd}' is not absolute`);
  const bound = binds.map((path) => ({ folder: path, words: ['--bind', path] }));
  const there = Buffer.from((await host.files.read('/proc/mounts')) ?? '').toString();
  const points = new Set(there.split('\n').map((line) => line.split(' ')[1]));
  const mounted: string[] = [];
  for (const { folder, words } of [...kernel, ...bound]) {
    const path = posix.join(root, folder);
    if (points.has(path) || (await host.files.stat(path)) === undefined) continue;
    const { exitCode, stderr } = await host.run({ command: ['mount', ...words, path], timeout: 60_000 });
    if (exitCode === 0) mounted.push(path);
    else log.warn('a folder of the other root could not be mounted', { path, said: stderr.trim() });
  }
  return mounted;
}

// First they are asked to end, then they are made to.
const signals = ['TERM', 'TERM', 'TERM', 'KILL', 'KILL', 'KILL'];

async function endProcesses(root: string, { host, log }: CommandContext): Promise<void> {
  for (const signal of signals) {
    const pids = await processesIn(root, host);
    if (pids.length === 0) return;
    await host.run({ command: ['kill', '-s', signal, ...pids], timeout: 60_000 });
  }
  if ((await processesIn(root, host)).length > 0) log.error('processes in the other root could not be ended', { root });
}

async function processesIn(root: string, host: CommandContext['host']): Promise<readonly string[]> {
  const real = (await host.files.realPath(root)) ?? root;
  if (real === '/') return [];
  const pids = ((await host.files.list('/proc')) ?? []).filter((name) => /^\d+$/.test(name));
  const found: string[] = [];
  for (const pid of pids) {
    const link = await host.files.readLink(`/proc/${pid}/root`).catch(() => undefined);
    if (link === real || link?.startsWith(`${real}/`) === true) found.push(pid);
  }
  return found;
}
