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
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import { expandHome, isDirectory, parentOf } from '../../providers/files/paths.ts';

interface Times {
  readonly atime: number | undefined;
  readonly mtime: number | undefined;
}

/** `file.touch` */
export const touch = defineState({
  name: 'file.touch',
  summary: 'Makes an empty file, or updates the times of one.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    atime: optional(integer()).describe('Time of the last access, in seconds since 1970; now unless given.'),
    mtime: optional(integer()).describe('Time of the last change, in seconds since 1970; now unless given.'),
    makedirs: withDefault(flag(), false).describe('Makes missing parent directories.'),
  }),
  examples: [
    `/var/log/app.log:
  file.touch:
    - makedirs: true`,
  ],
  notIdempotent: 'without times given, setting them to now is what it is for',
  async check(args, { host }) {
    const name = await expandHome(host, args.name);
    if (name === '') return fails('Must provide name to file.touch');
    if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
    const stat = await host.files.stat(name, { follow: true });
    if (stat === undefined) return create(name, args, args.makedirs);
    const isSet =
      (args.atime !== undefined || args.mtime !== undefined) &&
      (args.atime ?? seconds(stat.accessedAt)) === seconds(stat.accessedAt) &&
      (args.mtime ?? seconds(stat.modifiedAt)) === seconds(stat.modifiedAt);
    const kind = stat.kind === 'directory' ? 'directory' : 'file';
    if (isSet) return isOk(`File ${name} exists and has the correct times`);
    const changes = { touched: name };
    return willChange({ comment: `Times set to be updated on ${kind} ${name}`, changes }, (machine) =>
      attempt('', async () => {
        await setTimes(machine, name, args);
        return { comment: `Updated times on ${kind} ${name}`, changes };
      }),
    );
  },
});

function create(name: string, times: Times, makedirs: boolean): CheckOutcome<Host> {
  const changes = { new: name };
  return willChange({ comment: `File ${name} is set to be created`, changes }, (machine) =>
    attempt('', async () => {
      if (!(await isDirectory(machine, parentOf(name)))) {
        if (!makedirs) return { comment: `Directory not present to touch file ${name}`, changes: {}, failed: true };
        await makeParents(machine, name, {});
      }
      await machine.files.write(name, new Uint8Array());
      if (times.atime !== undefined || times.mtime !== undefined) await setTimes(machine, name, times);
      return { comment: `Created empty file ${name}`, changes };
    }),
  );
}

async function setTimes(machine: Host, name: string, { atime, mtime }: Times): Promise<void> {
  const now = Date.now();
  const accessedAt = atime === undefined ? now : atime * 1000;
  await machine.files.setTimes(name, { accessedAt, modifiedAt: mtime === undefined ? now : mtime * 1000 });
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
