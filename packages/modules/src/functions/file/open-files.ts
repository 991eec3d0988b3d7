import { posix } from 'node:path';
import { z } from 'zod';
import { flag, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { ReadHost } from '../../kit/host.ts';

export const openFiles = defineFunction({
  name: 'file.open_files',
  summary: 'The files that processes have open: path → processes, or process → paths.',
  args: z.object({ by_pid: withDefault(flag(), false).describe('By process.') }),
  examples: ["'*' file.open_files", "'*' file.open_files by_pid=True"],
  async run({ by_pid: byProcess }, { host }) {
    const pids = ((await host.files.list('/proc')) ?? []).filter((name) => /^\d+$/.test(name)).map(Number);
    const open = await Promise.all(pids.map(async (pid) => [pid, await pathsOf(host, pid)] as const));
    if (byProcess) return new Map(open.map(([pid, paths]) => [pid, [...paths].toSorted()]));
    const files = new Map<string, number[]>();
    for (const [pid, paths] of open) for (const path of paths) files.set(path, [...(files.get(path) ?? []), pid]);
    return new Map([...files].map(([path, owners]) => [path, owners.toSorted((a, b) => a - b)]));
  },
});

// Processes end while they are looked at; what is gone is left out.
async function pathsOf(host: ReadHost, pid: number): Promise<ReadonlySet<string>> {
  const folder = `/proc/${pid}`;
  const names = await host.files.list(`${folder}/fd`).catch(() => undefined);
  const links = [`${folder}/exe`, ...(names ?? []).map((name) => `${folder}/fd/${name}`)];
  const targets = await Promise.all(links.map((link) => host.files.readLink(link).catch(() => undefined)));
  const paths = targets.filter((target) => target !== undefined && posix.isAbsolute(target));
  const present = await Promise.all(
    paths.map(async (path) =>
      (await host.files.stat(path ?? '').catch(() => undefined)) === undefined ? undefined : path,
    ),
  );
  return new Set(present.filter((path) => path !== undefined));
}
