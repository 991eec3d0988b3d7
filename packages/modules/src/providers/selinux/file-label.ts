import { posix } from 'node:path';
import type { Applied, Changes, CheckOutcome, StateWillChange } from '@brine/common';
import { fails, willChange, type Host, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { runTool } from '../commands/run-tool.ts';
import { contextWords } from './file-contexts.ts';

const labelParts = ['seuser', 'serole', 'setype', 'serange'] as const;
const partNames = { seuser: 'User', serole: 'Role', setype: 'Type', serange: 'Range' } as const;

/** The SELinux label of a file. */
export type FileLabel = Readonly<Record<(typeof labelParts)[number], string>>;

/** The parts of a label that a file is to have. */
export type WantedLabel = { readonly [part in keyof FileLabel]?: string | undefined };

/** A file that is to have a label. */
interface LabelRequest {
  readonly path: string;
  readonly label: WantedLabel;
  /** Whether it is about what a link leads to. */
  readonly follow: boolean;
}

interface LabelChange {
  readonly parts: WantedLabel;
  readonly told: { readonly Old: string; readonly New: string };
}

/** The label of a path; `undefined` where its file system, or this machine, knows none. */
export async function readLabel(
  host: ReadHost,
  { path, follow }: { readonly path: string; readonly follow: boolean },
): Promise<FileLabel | undefined> {
  const command = ['stat', ...(follow ? ['-L'] : []), '-c', '%C', '--', path];
  const { exitCode, stdout } = await host.inspect({ command, timeout: 60_000 });
  return exitCode === 0 ? parseLabel(stdout.trimEnd()) : undefined;
}

// A range may have colons of its own (`s0:c0.c1023`).
function parseLabel(text: string): FileLabel | undefined {
  const found = /^([^:\s]+):([^:\s]+):([^:\s]+):(\S+)$/.exec(text);
  if (found === null) return undefined;
  const [, seuser = '', serole = '', setype = '', serange = ''] = found;
  return { seuser, serole, setype, serange };
}

/** What of a label has to change; `undefined` when nothing. */
export function compareLabel(current: FileLabel, wanted: WantedLabel): LabelChange | undefined {
  const differing = labelParts.filter((part) => wanted[part] !== undefined && wanted[part] !== current[part]);
  if (differing.length === 0) return undefined;
  const describe = (label: WantedLabel): string =>
    differing.map((part) => `${partNames[part]}: ${label[part]}`).join(' ');
  const parts = Object.fromEntries(differing.map((part) => [part, wanted[part]]));
  return { parts, told: { Old: describe(current), New: describe(wanted) } };
}

/** Whether nothing at all is asked of a label. */
export function asksNothing(label: WantedLabel): boolean {
  return labelParts.every((part) => label[part] === undefined);
}

/** Puts a label into the policy for a path, so that relabelling keeps it. Throws `state-failed`. */
export async function persistLabel(machine: Pick<Host, 'run'>, path: string, label: WantedLabel): Promise<void> {
  // The policy has regular expressions for paths.
  const name = path.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const query = { sel_type: label.setype, sel_user: label.seuser, sel_level: label.serange };
  await runTool(machine, ['semanage', 'fcontext', '--add', ...contextWords({ name, filetype: 'a', ...query })]);
}

/** The options of `chcon` that set parts of a label. */
export function labelWords({ seuser, serole, setype, serange }: WantedLabel): readonly string[] {
  const options = { '-u': seuser, '-r': serole, '-t': setype, '-l': serange };
  return Object.entries(options).flatMap(([option, value]) => (value === undefined ? [] : [option, value]));
}

/** Adds to what is done to a file that it gets its label, in the policy too; `keeps` for one whose content stays. */
export async function withLabel(
  outcome: CheckOutcome<Host>,
  request: LabelRequest & { readonly keeps: boolean },
  host: ReadHost,
): Promise<CheckOutcome<Host>> {
  if (outcome.kind === 'fail' || asksNothing(request.label)) return outcome;
  const exists = (await host.files.stat(request.path, { follow: request.follow })) !== undefined;
  const current = await readLabel(host, { ...request, path: await nearestPath(host, request) });
  if (current === undefined) return fails('Failed to get selinux attributes');
  const change = exists ? compareLabel(current, request.label) : undefined;
  const own: Changes = change === undefined ? {} : { selinux: change.told };
  if (outcome.kind === 'change') return alsoLabel(outcome, request, { own, isNew: !exists });
  if (change === undefined) return outcome;
  const words = `The file ${request.path} is set to be changed`;
  const note = 'Note: No changes made, actual changes may\nbe different due to other states.';
  const comment = request.keeps ? `File ${request.path} not updated` : `${words}\n${note}`;
  return willChange({ comment, changes: own }, (machine) =>
    settleLabel(machine, request, {
      comment: request.keeps ? words : `File ${request.path} updated`,
      changes: own,
    }),
  );
}

// What is not there yet gets a label where its folder has one.
async function nearestPath(host: ReadHost, { path, follow }: LabelRequest): Promise<string> {
  let nearest = path;
  while (nearest !== '/' && (await host.files.stat(nearest, { follow })) === undefined)
    nearest = posix.dirname(nearest);
  return nearest;
}

function alsoLabel(
  { pending, apply }: StateWillChange<Host>,
  request: LabelRequest & { readonly keeps: boolean },
  { own, isNew }: { readonly own: Changes; readonly isNew: boolean },
): CheckOutcome<Host> {
  return willChange({ ...pending, changes: { ...pending.changes, ...own } }, async (machine) => {
    const applied = await apply(machine);
    if (applied.failed === true) return applied;
    const done = { ...applied, changes: { ...applied.changes, ...own } };
    const changed = await settleLabel(machine, request, isNew ? applied : done);
    if (changed.failed === true) return { ...changed, changes: applied.changes };
    const words = `The file ${request.path} is set to be changed`;
    const isTold = changed.changes['selinux'] !== undefined && (isNew || request.keeps);
    return isTold
      ? { ...changed, comment: applied.comment === '' ? words : toldWith(applied.comment, words) }
      : changed;
  });
}

function toldWith(comment: string, words: string): string {
  return comment.endsWith(' updated') ? words : `${comment}; ${words}`;
}

/**
 * Gives a file what its label lacks, and adds that to what was done. A file that was replaced has only what its folder
 * and the policy give it, so that it is looked at again.
 */
export async function settleLabel(machine: Host, request: LabelRequest, done: Applied): Promise<Applied> {
  const now = await readLabel(machine, request);
  if (now === undefined) return { ...done, comment: 'Failed to get selinux attributes', failed: true };
  const change = compareLabel(now, request.label);
  if (change === undefined) return done;
  const set = await attempt('Failed to set selinux attributes', async () => {
    await setLabel(machine, request, { setype: now.setype, ...change.parts });
    return { ...done, changes: { selinux: change.told, ...done.changes } };
  });
  if (set.failed === true) return set;
  const after = await readLabel(machine, request);
  const left = after === undefined ? {} : (compareLabel(after, request.label)?.parts ?? {});
  const refused = labelParts.filter((part) => left[part] !== undefined);
  if (refused.length === 0) return set;
  return { ...set, comment: refused.map((part) => `Unable to update ${part} context`).join('; '), failed: true };
}

async function setLabel(machine: Host, { path, follow }: LabelRequest, label: WantedLabel): Promise<void> {
  await persistLabel(machine, follow ? ((await machine.files.realPath(path)) ?? path) : path, label);
  await runTool(machine, ['chcon', ...(follow ? [] : ['-h']), ...labelWords(label), '--', path]);
}
