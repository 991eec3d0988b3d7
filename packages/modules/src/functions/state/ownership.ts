import path from 'node:path';
import { pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

interface Run {
  readonly jid: string;
  readonly user: string;
  readonly fun: string;
  readonly at: number;
}

interface Entry {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly sls: string;
  readonly function: string;
  readonly file?: string;
  readonly line?: number;
  readonly lastChange?: Run;
  readonly orphanedBy?: Run;
}

export const orphans = defineFunction({
  name: 'state.orphans',
  summary: 'What states kept on the machine, and the highstate no longer declares.',
  args: z.object({}),
  examples: ["'*' state.orphans"],
  async run(_args, context): Promise<Plain> {
    const found: Record<string, Plain> = {};
    for (const [key, entry] of Object.entries(await readLedger(context))) {
      if (entry.orphanedBy === undefined || !(await isLeft(entry, context))) continue;
      found[key] = shown(entry);
    }
    return found;
  },
});

export const managed = defineFunction({
  name: 'state.managed',
  summary: 'What states keep on the machine: where it is declared, and which run changed it last.',
  args: z.object({ name: optional(text()).describe('The name of one thing, e.g. a path; all of them unless given.') }),
  examples: ["'*' state.managed", "'*' state.managed /etc/motd"],
  async run({ name }, context): Promise<Plain> {
    const wanted = Object.entries(await readLedger(context)).filter(
      ([, entry]) => entry.orphanedBy === undefined && (name === undefined || entry.name === name),
    );
    return Object.fromEntries(wanted.map(([key, entry]) => [key, shown(entry)]));
  },
});

async function readLedger({ options, host }: FunctionContext): Promise<Readonly<Record<string, Entry>>> {
  const file = path.join(pythonStr(options.get('cachedir') ?? ''), 'ownership.json');
  const bytes = await host.files.read(file);
  if (bytes === undefined) return {};
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, Entry>>;
  } catch (cause) {
    throw failure(`The ledger ${file} cannot be read; the next highstate begins it anew.`, cause);
  }
}

/** A file that is gone is nobody's. */
async function isLeft({ kind, name }: Entry, { host }: FunctionContext): Promise<boolean> {
  return kind !== 'file' || !path.isAbsolute(name) || (await host.files.stat(name)) !== undefined;
}

function shown({ id, sls, function: fun, file, line, lastChange, orphanedBy }: Entry): Plain {
  return {
    ...{ id, sls, function: fun },
    ...(file === undefined ? {} : { declared: `${file}:${line ?? 1}` }),
    last_change: lastChange === undefined ? null : shownRun(lastChange),
    ...(orphanedBy === undefined ? {} : { orphaned_by: shownRun(orphanedBy) }),
  };
}

function shownRun({ jid, user, fun, at }: Run): Plain {
  return { jid, user, fun, time: new Date(at).toISOString() };
}
