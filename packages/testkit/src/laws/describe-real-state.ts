import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toValue, type Changes, type CheckOutcome, type Dict, type Plain } from '@brine/common';
import { createLocalHost } from '@brine/modules';
import { bindStateArguments, type Host, type StateDeclaration } from '@brine/modules/kit';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { createFakeHost } from '../fake-host/fake-host.ts';
import { createStateContext } from './state-context.ts';

/** One row of a state's table that runs on this very machine, in a scratch folder whose path each part is given. */
export interface RealStateCase {
  readonly title: string;
  readonly before?: (folder: string, host: Host) => Promise<void>;
  readonly arguments: (folder: string) => Readonly<Record<string, Plain>>;
  /** The comment when nothing is to be done. */
  readonly ok?: (folder: string) => string;
  /** The comment when the check fails. */
  readonly fails?: (folder: string) => string;
  readonly pending?: (folder: string) => { readonly comment: string; readonly changes: Changes };
  /** What `apply` answers: comment and changes, those of `pending` unless given. */
  readonly applied?: (folder: string) => {
    readonly comment: string;
    readonly changes?: Changes;
    readonly failed?: boolean;
  };
  readonly after?: (folder: string, host: Host) => Promise<void>;
}

/** Runs a state's table against real files and programs, each case under the three laws within its scratch folder. */
export function describeRealState<Schema extends z.ZodObject>(
  declaration: StateDeclaration<Schema>,
  cases: readonly RealStateCase[],
): void {
  describe(declaration.name, () => {
    for (const one of cases)
      it(one.title, async () => {
        expect.hasAssertions();
        const folder = await mkdtemp(join(tmpdir(), 'brine-state-'));
        try {
          await runCase(declaration, one, folder);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      });
  });
}

async function runCase<Schema extends z.ZodObject>(
  declaration: StateDeclaration<Schema>,
  one: RealStateCase,
  folder: string,
): Promise<void> {
  const host = createLocalHost();
  await one.before?.(folder, host);
  const args = toValue(one.arguments(folder)) as Dict;
  const look = (): Promise<CheckOutcome<Host>> => lookWithoutTouching(declaration, args, { host, folder });
  const outcome = await look();
  if (outcome.kind !== 'change') {
    const comment = outcome.kind === 'ok' ? one.ok?.(folder) : one.fails?.(folder);
    expect({ kind: outcome.kind, comment: outcome.comment }).toEqual({ kind: outcome.kind, comment });
    return;
  }
  expect(outcome.pending).toEqual(one.pending?.(folder));
  const { comment, changes, failed = false } = await outcome.apply(host);
  const wanted = { comment: '', changes: outcome.pending.changes, failed: false, ...one.applied?.(folder) };
  expect({ comment, changes, failed }).toEqual(wanted);
  await one.after?.(folder, host);
  if (failed || declaration.notIdempotent !== undefined) return;
  const second = await look();
  expect({ kind: second.kind }, 'a second run must change nothing').toEqual({ kind: 'ok' });
}

async function lookWithoutTouching<Schema extends z.ZodObject>(
  declaration: StateDeclaration<Schema>,
  args: Dict,
  { host, folder }: { readonly host: Host; readonly folder: string },
): Promise<CheckOutcome<Host>> {
  const before = await listTree(host, folder);
  const { args: bound, unknown } = bindStateArguments(declaration, args);
  const context = await createStateContext(createFakeHost(), declaration.name);
  const outcome = await declaration.check(bound, { ...context, host, unknownArguments: unknown });
  expect(await listTree(host, folder), 'a check must leave the folder as it was').toEqual(before);
  return outcome;
}

async function listTree(host: Host, top: string, below = ''): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const name of (await host.files.list(`${top}/${below}`)) ?? []) {
    const path = below === '' ? name : `${below}/${name}`;
    const stat = await host.files.stat(`${top}/${path}`);
    // Git refreshes its index when it only looks, and Mercurial its caches.
    if (stat === undefined || path.endsWith('.git/index') || path.includes('.hg/cache')) continue;
    const content = stat.kind === 'file' ? await host.files.hash(`${top}/${path}`, 'sha256') : undefined;
    rows.push([path, stat.kind, stat.mode.toString(8), stat.uid, stat.gid, content ?? ''].join(' '));
    if (stat.kind === 'directory') rows.push(...(await listTree(host, top, path)));
  }
  return rows;
}
