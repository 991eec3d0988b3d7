import { isAppError, type Applied, type Changes, type CheckOutcome } from '@brine/common';
import { formatMode, isOk, willChange, type FileStat, type Host, type StateContext } from '../../kit/index.ts';
import { backUp, wantsBackup } from './back-up.ts';
import { checkCandidate } from './check-candidate.ts';
import { diffContents } from './diff-files.ts';
import { makeParents, searchableMode } from './make-parents.ts';
import type { ManagedContent } from './managed-content.ts';
import { ownershipChanges, toAttributes, type Ownership } from './ownership.ts';
import { isDirectory, parentOf } from './paths.ts';

/** A file that is to have a content, an owner and a mode. */
export interface FileRequest {
  readonly name: string;
  readonly content: ManagedContent;
  readonly user: string | number | undefined;
  readonly group: string | number | undefined;
  readonly makedirs: boolean;
  readonly dir_mode: number | undefined;
  readonly replace: boolean;
  readonly backup: string | undefined;
  readonly show_changes: boolean;
  readonly follow_symlinks: boolean;
  readonly check_cmd?: string | undefined;
  readonly tmp_dir?: string;
  readonly tmp_ext?: string;
  /** What a dry run says in place of Salt's usual words for a change. */
  readonly pendingComment?: string;
}

interface Plan {
  readonly request: FileRequest;
  readonly context: StateContext;
  readonly ownership: Ownership;
  /** Where the content goes: the name, or what it links to. */
  readonly target: string;
  readonly isNew: boolean;
  readonly writes: boolean;
  readonly changes: Changes;
}

/** Compares a file with what is asked of it, and says in Salt's words what is or will be done. */
export async function manageFile(request: FileRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const { host } = context;
  const { name } = request;
  const ownership = { user: request.user, group: request.group, mode: request.content.mode };
  const exists = (await host.files.stat(name, { follow: request.follow_symlinks })) !== undefined;
  const target = request.follow_symlinks ? ((await host.files.realPath(name)) ?? name) : name;
  const stat = await host.files.stat(target);
  const base = { request, context, ownership, target };
  if (!exists || stat === undefined)
    return createFile({ ...base, isNew: true, writes: true, changes: { newfile: name } });
  if (!request.replace || request.content.origin === 'nothing') return keepContent(base, stat);
  const diff = await contentChange(request, { target, stat }, context);
  const changes = { ...diff, ...(await ownershipChanges(host, stat, ownership)) };
  if (Object.keys(changes).length === 0) {
    const foretoldComment = `The file ${name} is in the correct state`;
    return { ...isOk(`File ${name} is in the correct state`), foretoldComment };
  }
  const comment = pendingComment(request);
  const plan: Plan = { ...base, isNew: false, writes: diff.diff !== undefined, changes };
  return willChange({ comment, changes }, (machine) => updateFile(plan, machine, `File ${name} updated`));
}

async function keepContent(
  base: Omit<Plan, 'isNew' | 'writes' | 'changes'>,
  stat: FileStat,
): Promise<CheckOutcome<Host>> {
  const { name } = base.request;
  const changes = await ownershipChanges(base.context.host, stat, base.ownership);
  if (Object.keys(changes).length === 0) {
    const foretoldComment = `File ${name} not updated`;
    return { ...isOk(`File ${name} exists with proper permissions. No changes made.`), foretoldComment };
  }
  const wanted = changes.mode === undefined ? undefined : formatMode(base.ownership.mode ?? 0);
  const comment =
    wanted === undefined
      ? `File ${name} not updated`
      : `File ${name} will be updated with permissions ${wanted} from its current state of ${formatMode(stat.mode)}`;
  const plan: Plan = { ...base, isNew: false, writes: false, changes };
  return willChange({ comment, changes }, (machine) => updateFile(plan, machine, ''));
}

async function contentChange(
  request: FileRequest,
  { target, stat }: { readonly target: string; readonly stat: FileStat },
  { host, options }: StateContext,
): Promise<{ readonly diff?: string }> {
  const { content } = request;
  // What is a link here is one that may not be followed: it goes even when it leads to the right content.
  const same = stat.kind === 'symlink' ? { diff: 'Replace symbolic link with regular file' } : {};
  if (await hasContentOf(host, { target, stat }, content)) return same;
  const before = await contentBefore(host, { target, stat });
  const after = content.bytes ?? (await host.files.read(content.path ?? '')) ?? new Uint8Array();
  if (before === undefined || Buffer.compare(before, after) === 0) return same;
  if (!request.show_changes) return { diff: '<show_changes=False>' };
  return { diff: options.get('obfuscate_templates') === true ? '<Obfuscated Template>' : diffContents(before, after) };
}

/** What a path has now, through a link too; nothing for a link that leads to no file. */
async function contentBefore(
  host: StateContext['host'],
  { target, stat }: { readonly target: string; readonly stat: FileStat },
): Promise<Uint8Array | undefined> {
  const leadsNowhere = stat.kind === 'symlink' && (await host.files.stat(target, { follow: true }))?.kind !== 'file';
  return leadsNowhere ? undefined : ((await host.files.read(target)) ?? new Uint8Array());
}

/** Whether a file is the same as the one its content is to come from, without reading either into memory. */
async function hasContentOf(
  host: StateContext['host'],
  { target, stat }: { readonly target: string; readonly stat: FileStat },
  { path, sha256 }: ManagedContent,
): Promise<boolean> {
  if (path === undefined || stat.size !== (await host.files.stat(path))?.size) return false;
  return (await host.files.hash(target, 'sha256')) === (sha256 ?? (await host.files.hash(path, 'sha256')));
}

function createFile(plan: Plan): CheckOutcome<Host> {
  const comment = pendingComment(plan.request);
  return willChange({ comment, changes: plan.changes }, (machine) => failingInWords(() => writeNew(plan, machine)));
}

function pendingComment({ name, pendingComment: own }: FileRequest): string {
  const note = 'Note: No changes made, actual changes may\nbe different due to other states.';
  return own ?? `The file ${name} is set to be changed\n${note}`;
}

async function writeNew(plan: Plan, machine: Host): Promise<Applied> {
  const { request, ownership } = plan;
  const { name, content } = request;
  const attributes = await toAttributes(machine, ownership);
  if (!(await isDirectory(machine, parentOf(name)))) {
    if (!request.makedirs) return failure('Parent directory not present');
    const mode = request.dir_mode ?? searchableMode(ownership.mode);
    await makeParents(machine, name, { user: ownership.user, group: ownership.group, mode });
  }
  const refusal = await checkCandidate({ ...plan, attributes }, machine);
  if (refusal !== undefined) return failure(refusal);
  await writeContent(machine, plan, attributes);
  const changes = await newFileChanges(plan, machine);
  if (content.origin === 'nothing') return { comment: 'Empty file', changes };
  return { comment: `File ${name} updated`, changes };
}

// Salt makes a new file with mode 0600 (but for contents without a mode, made under the umask) and then reports the
// mode it sets; trees that look at `changes` know it so.
async function newFileChanges({ request, target, ownership }: Plan, machine: Host): Promise<Changes> {
  const { content, name } = request;
  const mode = (await machine.files.stat(target))?.mode ?? 0;
  const startsPrivate = content.origin === 'source' || ownership.mode !== undefined;
  const { uid, gid } = machine.identity();
  const attributes = await toAttributes(machine, ownership);
  return {
    ...(content.origin === 'nothing' ? { new: `file ${name} created` } : { diff: 'New file' }),
    ...(attributes.uid === undefined || attributes.uid === uid ? {} : { user: ownership.user }),
    ...(attributes.gid === undefined || attributes.gid === gid ? {} : { group: ownership.group }),
    ...(startsPrivate && mode !== 0o600 ? { mode: formatMode(mode) } : {}),
  };
}

function updateFile(plan: Plan, machine: Host, comment: string): Promise<Applied> {
  return failingInWords(async () => {
    const { request, context, target } = plan;
    const attributes = await toAttributes(machine, plan.ownership);
    if (!plan.writes) {
      await machine.files.setAttributes(target, attributes);
      return { comment, changes: plan.changes };
    }
    const refusal = await checkCandidate({ ...plan, attributes }, machine);
    if (refusal !== undefined) return failure(refusal);
    if (wantsBackup(request.backup, context.options)) await backUp(machine, context.options, target);
    await writeContent(machine, plan, attributes);
    return { comment, changes: plan.changes };
  });
}

async function writeContent(
  machine: Host,
  { request: { content }, target }: Plan,
  attributes: Awaited<ReturnType<typeof toAttributes>>,
): Promise<void> {
  if (content.path === undefined) await machine.files.write(target, content.bytes ?? new Uint8Array(), attributes);
  else await machine.files.writeCopy(target, content.path, attributes);
}

function failure(comment: string): Applied {
  return { comment, changes: {}, failed: true };
}

async function failingInWords(act: () => Promise<Applied>): Promise<Applied> {
  try {
    return await act();
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return failure(caught.message);
  }
}
