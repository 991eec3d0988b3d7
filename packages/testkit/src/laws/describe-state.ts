import { toValue, type CheckOutcome, type Dict } from '@brine/common';
import type { Host, StateContext, StateDeclaration } from '@brine/modules/kit';
import { bindStateArguments } from '@brine/modules/kit';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { FakeEntry } from '../fake-host/fake-files.ts';
import { createFakeHost, type FakeHost } from '../fake-host/fake-host.ts';
import type { StateCase } from './state-case.ts';
import { createStateContext } from './state-context.ts';

/**
 * Runs a state's table of cases, each under the three laws: a check leaves the machine as it was, byte for byte;
 * what was foretold is what is done (and nothing is done where nothing was foretold); a second run changes nothing,
 * unless the declaration's `notIdempotent` or the case's `again` says why it must.
 */
export function describeState<Schema extends z.ZodObject>(
  declaration: StateDeclaration<Schema>,
  cases: readonly StateCase[],
): void {
  describe(declaration.name, () => {
    for (const one of cases)
      it(one.title, async () => {
        expect.hasAssertions();
        await runCase(declaration, one);
      });
  });
}

async function runCase<Schema extends z.ZodObject>(
  declaration: StateDeclaration<Schema>,
  one: StateCase,
): Promise<void> {
  const host = createFakeHost(one.before);
  const look = async (watched: boolean): Promise<CheckOutcome<Host>> => {
    const context = await createStateContext(host, declaration.name, one.surroundings);
    return check(declaration, { one, context, watched });
  };
  const outcome = await lookWithoutTouching(host, () => look(one.watched === true));
  expect(summarize(outcome)).toEqual(expected(one));
  if (one.foretold !== undefined) expect(outcome).toMatchObject({ foretoldComment: one.foretold });
  if (outcome.kind !== 'change') return;
  const applied = await outcome.apply(host);
  const wanted = { changes: one.pending?.changes ?? {}, failed: false, comment: '', ...one.applied };
  expect({ comment: applied.comment, changes: applied.changes, failed: applied.failed ?? false }).toEqual(wanted);
  await compareAfter(host, one.after ?? {});
  await one.verify?.(host);
  if (applied.failed === true || one.again !== undefined || declaration.notIdempotent !== undefined) return;
  if (one.watched === true) return;
  const second = await lookWithoutTouching(host, () => look(false));
  expect(second.kind, `a second run must change nothing: ${JSON.stringify(summarize(second))}`).toBe('ok');
}

async function check<Schema extends z.ZodObject>(
  declaration: StateDeclaration<Schema>,
  run: { readonly one: StateCase; readonly context: StateContext; readonly watched: boolean },
): Promise<CheckOutcome<Host>> {
  const bound = bindStateArguments(declaration, toValue(run.one.arguments) as Dict);
  const context = { ...run.context, unknownArguments: bound.unknown };
  if (!run.watched) return declaration.check(bound.args, context);
  if (declaration.onWatch === undefined) throw new Error(`${declaration.name} has no onWatch`);
  return declaration.onWatch(bound.args, context);
}

async function lookWithoutTouching(
  host: FakeHost,
  look: () => Promise<CheckOutcome<Host>>,
): Promise<CheckOutcome<Host>> {
  const files = withoutCache(host.snapshot());
  const startedBefore = host.started.length;
  const outcome = await look();
  expect(withoutCache(host.snapshot()), 'a check must leave the machine as it was').toEqual(files);
  expect(host.started.slice(startedBefore), 'a check must start nothing through run').toEqual([]);
  return outcome;
}

// The minion's cache is filled when a case's file server is made; it is no part of the managed machine.
function withoutCache(snapshot: unknown): unknown {
  const { files, ...rest } = snapshot as { files: Record<string, unknown> };
  return { ...rest, files: Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('/cache'))) };
}

function summarize(outcome: CheckOutcome<Host>): unknown {
  if (outcome.kind === 'change') return { kind: 'change', ...outcome.pending };
  if (outcome.kind === 'fail') return { kind: 'fail', comment: outcome.comment };
  return { kind: 'ok', comment: outcome.comment, changes: outcome.changes ?? {} };
}

function expected(one: StateCase): unknown {
  if (one.ok !== undefined) return { kind: 'ok', comment: one.ok, changes: one.pretended ?? {} };
  if (one.fails !== undefined) return { kind: 'fail', comment: one.fails };
  return { kind: 'change', ...one.pending };
}

async function compareAfter(host: FakeHost, after: Readonly<Record<string, FakeEntry | undefined>>): Promise<void> {
  for (const [path, entry] of Object.entries(after)) {
    expect({ path, ...(await seen(host, path, entry)) }).toEqual({ path, ...wantedEntry(entry) });
  }
}

function wantedEntry(entry: FakeEntry | undefined): object {
  if (entry === undefined) return { kind: undefined };
  if (typeof entry === 'string') return { text: entry };
  return entry instanceof Uint8Array ? { text: Buffer.from(entry).toString() } : entry;
}

async function seen(host: FakeHost, path: string, entry: FakeEntry | undefined): Promise<object> {
  const stat = await host.files.stat(path);
  if (entry === undefined) return { kind: stat?.kind };
  if (typeof entry === 'string' || entry instanceof Uint8Array) return { text: await textOf(host, path) };
  if ('link' in entry) return { link: await host.files.readLink(path) };
  const picked = pickSeen(stat, entry);
  if ('directory' in entry) return { ...entry, directory: stat?.kind === 'directory', ...picked };
  return { text: await textOf(host, path), ...picked };
}

async function textOf(host: FakeHost, path: string): Promise<string | undefined> {
  if ((await host.files.stat(path))?.kind !== 'file') return undefined;
  return Buffer.from((await host.files.read(path)) ?? '').toString();
}

function pickSeen(stat: object | undefined, entry: object): object {
  const pairs = Object.entries(stat ?? {}).filter(([key]) => key in entry && ['mode', 'uid', 'gid'].includes(key));
  return Object.fromEntries(pairs);
}
