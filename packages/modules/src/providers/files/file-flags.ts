import type { Changes, CheckOutcome, StateWillChange } from '@brine/common';
import { willChange, type Host, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { runTool } from '../commands/run-tool.ts';

/** The letters of `chattr` that a file has; `undefined` where its file system, or this machine, knows none. */
export async function readFlags(host: ReadHost, path: string): Promise<string | undefined> {
  const result = await host.inspect({ command: ['lsattr', '-d', '--', path], timeout: 60_000 });
  if (result.exitCode !== 0) return undefined;
  const [letters = ''] = result.stdout.split(' ');
  return letters.replace(/[^aAcCdDeijPsStTu]/g, '');
}

/** Whether a text is made of letters that `chattr` has. */
export function areFlags(text: string): boolean {
  return /^[aAcCdDeijPsStTu]*$/.test(text);
}

/** Adds to what is done to a file that it gets its letters of `chattr`, and that none of them is in the way before. */
export async function withFlags(
  outcome: CheckOutcome<Host>,
  { path, flags }: { readonly path: string; readonly flags: string },
  host: ReadHost,
): Promise<CheckOutcome<Host>> {
  const exists = (await host.files.stat(path)) !== undefined;
  const knowsNone = !exists && (await host.which('lsattr')) === undefined;
  const current = exists ? await readFlags(host, path) : knowsNone ? undefined : '';
  if (outcome.kind === 'fail' || current === undefined) return outcome;
  const change = compareFlags(current, flags);
  const isSettled = exists && change.added === '' && change.removed === '';
  const own = isSettled ? {} : { attrs: { old: change.old, new: flags } };
  if (outcome.kind === 'change') return alsoFlag(outcome, { path, flags, current, own });
  if (isSettled || !exists) return outcome;
  return willChange({ comment: pendingComment(path), changes: own }, (machine) =>
    attempt(`Failed to change attributes to ${flags}`, async () => {
      await setFlags(machine, path, change);
      return { comment: '', changes: own };
    }),
  );
}

function alsoFlag(
  { pending, apply }: StateWillChange<Host>,
  plan: { readonly path: string; readonly flags: string; readonly current: string; readonly own: Changes },
): CheckOutcome<Host> {
  const { path, flags, current, own } = plan;
  // What may not be changed is let go for as long as it takes.
  const locked = current.replace(/[^ai]/g, '');
  return willChange({ ...pending, changes: { ...pending.changes, ...own } }, async (machine) => {
    if (locked !== '') await runTool(machine, ['chattr', `-${locked}`, '--', path]);
    const applied = await apply(machine);
    if (applied.failed === true) return applied;
    return attempt(`Failed to change attributes to ${flags}`, async () => {
      // A file that was replaced has only what its folder gives it.
      const now = await readFlags(machine, path);
      if (now === undefined) return applied;
      await setFlags(machine, path, compareFlags(now, flags));
      return { ...applied, changes: { ...applied.changes, ...own } };
    });
  });
}

function pendingComment(path: string): string {
  return `The file ${path} is set to be changed\nNote: No changes made, actual changes may\nbe different due to other states.`;
}

interface FlagChange {
  readonly old: string;
  readonly added: string;
  readonly removed: string;
}

// Extents cannot be taken from a file.
/** What has to be given and taken for a file to have just these letters. */
export function compareFlags(current: string, wanted: string): FlagChange {
  return {
    old: current,
    added: without(wanted, current),
    removed: without(current, `${wanted}e`),
  };
}

function without(letters: string, others: string): string {
  return letters
    .split('')
    .filter((letter) => !others.includes(letter))
    .join('');
}

/** Gives and takes letters of `chattr`. */
export async function setFlags(machine: Host, path: string, { added, removed }: FlagChange): Promise<void> {
  if (removed !== '') await runTool(machine, ['chattr', `-${removed}`, '--', path]);
  if (added !== '') await runTool(machine, ['chattr', `+${added}`, '--', path]);
}
