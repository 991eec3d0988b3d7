import type { CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  integer,
  isOk,
  optional,
  text,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { expandHome, isDirectory } from '../../providers/files/paths.ts';

interface Removal {
  /** Directories that go, children before their parents. */
  readonly deleted: readonly string[];
  readonly errors: readonly (readonly [string, string])[];
}

/** `file.pruned` */
export const pruned = defineState({
  name: 'file.pruned',
  summary: 'Removes a directory that is empty, and if asked empty ones below it first.',
  args: z.object({
    name: text().describe('Absolute path of the directory.'),
    recurse: withDefault(flag(), false).describe('Removes empty directories below it first.'),
    ignore_errors: withDefault(flag(), false).describe('Leaves what is not empty without failing; implies recurse.'),
    older_than: optional(integer()).describe('Leaves directories that changed within so many days.'),
  }),
  examples: [
    `/srv/uploads:
  file.pruned:
    - recurse: true
    - ignore_errors: true`,
  ],
  async check(args, { host }) {
    const name = await expandHome(host, args.name);
    const recurse = args.recurse || args.ignore_errors;
    if (!(await isDirectory(host, name))) return isOk(`Directory ${name} is not present`);
    if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
    const days = args.older_than ?? 0;
    const before = days === 0 ? Number.POSITIVE_INFINITY : Date.now() - days * 86_400_000;
    const removal = await plan(host, name, { recurse, before });
    if (removal.deleted.length === 0) return nothing(name, removal, args.ignore_errors);
    return remove(name, removal, { recurse, lenient: args.ignore_errors });
  },
});

function nothing(name: string, { errors }: Removal, lenient: boolean): CheckOutcome<Host> {
  if (errors.length === 0 || lenient) return isOk('');
  return fails(`Failed to remove directory ${name}`, { deleted: [], errors });
}

function remove(
  name: string,
  removal: Removal,
  { recurse, lenient }: { readonly recurse: boolean; readonly lenient: boolean },
): CheckOutcome<Host> {
  const { errors } = removal;
  const failed = errors.length > 0 && !lenient;
  const deleted = recurse ? removal.deleted.toSorted() : name;
  const changes = failed ? { deleted: removal.deleted, errors } : { deleted };
  const done = recurse ? `Recursively removed empty directories under ${name}` : `Removed directory ${name}`;
  return willChange({ comment: `Directory ${name} is set for removal`, changes }, (machine) =>
    attempt(`Failed to remove directory ${name}`, async () => {
      for (const path of removal.deleted) await machine.files.remove(path);
      return failed ? { comment: `Failed to remove directory ${name}`, changes, failed } : { comment: done, changes };
    }),
  );
}

async function plan(
  host: ReadHost,
  folder: string,
  { recurse, before }: { readonly recurse: boolean; readonly before: number },
): Promise<Removal> {
  const deleted: string[] = [];
  const errors: (readonly [string, string])[] = [];
  for (const path of recurse ? [...(await foldersBelow(host, folder)), folder] : [folder]) {
    if (((await host.files.stat(path))?.modifiedAt ?? 0) >= before) continue;
    const left = ((await host.files.list(path)) ?? []).filter((child) => !deleted.includes(`${path}/${child}`));
    if (left.length === 0) deleted.push(path);
    else errors.push([path, `[Errno 39] Directory not empty: '${path}'`]);
  }
  return { deleted, errors };
}

async function foldersBelow(host: ReadHost, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const child of (await host.files.list(folder)) ?? []) {
    const path = `${folder}/${child}`;
    if ((await host.files.stat(path))?.kind === 'directory') found.push(...(await foldersBelow(host, path)), path);
  }
  return found;
}
