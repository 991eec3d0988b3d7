import type { Applied, Changes, CheckOutcome, Dict, Plain, StateWillChange } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { symlink } from '../../states/file/symlink.ts';
import { checkDirectory } from './check-directory.ts';
import { findUnmanaged, pathsOfRequired, topmost } from './clean-directory.ts';
import { contentOf, type ManagedContent } from './managed-content.ts';
import { manageFile } from './manage-file.ts';
import { makeParents } from './make-parents.ts';
import { toAttributes } from './ownership.ts';
import { isDirectory } from './paths.ts';
import type { ServedTree } from './served-tree.ts';

/** A directory that is to have the files of a tree. */
export interface RecurseRequest {
  readonly name: string;
  readonly tree: ServedTree;
  readonly clean: boolean;
  readonly user: string | number | undefined;
  readonly group: string | number | undefined;
  readonly dir_mode: number | undefined;
  readonly file_mode: number | 'keep' | undefined;
  readonly sym_mode: number | undefined;
  readonly template: string | undefined;
  readonly context: Dict | undefined;
  readonly defaults: Dict | undefined;
  readonly replace: boolean;
  readonly backup: string | undefined;
  readonly exclude_pat: readonly string[] | undefined;
  readonly force_symlinks: boolean;
}

interface Part {
  readonly path: string;
  readonly outcome: CheckOutcome<Host>;
}

interface ChangingPart {
  readonly path: string;
  readonly outcome: StateWillChange<Host>;
}

interface Plan {
  readonly request: RecurseRequest;
  readonly parts: readonly ChangingPart[];
  readonly unmanaged: readonly string[];
}

/** Compares a directory with a tree, path by path. */
export async function recurseTree(request: RecurseRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const parts = [
    ...(await checkLinks(request, context)),
    ...(await checkDirectories(request, context)),
    ...(await checkFiles(request, context)),
  ];
  const failed = parts.filter(({ outcome }) => outcome.kind === 'fail');
  if (failed.length > 0) return fails(describeParts(failed));
  const unmanaged = request.clean ? await findLeftovers(request, context) : [];
  const changing = parts.flatMap(({ path, outcome }) => (outcome.kind === 'change' ? [{ path, outcome }] : []));
  const plan = { request, parts: changing, unmanaged };
  if (plan.parts.length === 0 && unmanaged.length === 0)
    return isOk(`The directory ${request.name} is in the correct state`);
  return willChange(pendingOf(plan), (machine) => applyParts(plan, machine));
}

async function checkLinks(request: RecurseRequest, context: StateContext): Promise<readonly Part[]> {
  const { user, group, sym_mode: mode, force_symlinks: force } = request;
  const parts: Part[] = [];
  for (const [path, target] of request.tree.links) {
    const args = symlink.args.parse({
      ...Object.fromEntries(Object.keys(symlink.args.shape).map((key) => [key, undefined])),
      ...{ name: path, target, force, makedirs: true, user, group },
      mode: mode?.toString(8),
    });
    parts.push({ path, outcome: await symlink.check(args, context) });
  }
  return parts;
}

async function checkDirectories(request: RecurseRequest, context: StateContext): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (const path of request.tree.directories) {
    const outcome = await checkDirectory(
      {
        ...{ name: path, user: request.user, group: request.group, directoryMode: request.dir_mode },
        ...{ fileMode: undefined, recurse: new Set<string>(), max_depth: undefined, makedirs: true },
        ...{ clean: false, exclude_pat: undefined, follow_symlinks: false, force: request.clean },
        ...{ backupname: undefined, allow_symlink: true, children_only: false },
      },
      context,
    );
    parts.push({ path, outcome });
  }
  return parts;
}

async function checkFiles(request: RecurseRequest, context: StateContext): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (const [path, url] of request.tree.files)
    parts.push({ path, outcome: await checkFile(request, { path, url }, context) });
  return parts;
}

async function checkFile(
  request: RecurseRequest,
  { path, url }: { readonly path: string; readonly url: string },
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const { user, group, template, defaults, context: variables, replace, backup } = request;
  const content = await contentOf(
    {
      ...{ name: path, source: url, source_hash: undefined, source_hash_name: undefined, skip_verify: false },
      ...{ contents: undefined, contents_pillar: undefined, contents_grains: undefined, contents_newline: true },
      ...{ contents_delimiter: ':', allow_empty: true, encoding: undefined, mode: request.file_mode },
      ...{ template, defaults, context: variables, user, group },
    },
    context,
  );
  if (typeof content === 'string') return fails(content);
  if (await isDirectory(context.host, path)) {
    if (!request.clean) return fails(`Specified target ${path} is a directory`);
    return replaceDirectory(path, content, request);
  }
  const rest = { dir_mode: request.dir_mode, show_changes: true, follow_symlinks: true, makedirs: true };
  return manageFile({ name: path, content, user, group, replace, backup, ...rest }, context);
}

function replaceDirectory(path: string, content: ManagedContent, request: RecurseRequest): CheckOutcome<Host> {
  const changes = { diff: 'Replaced directory with a new file' };
  return willChange({ comment: `Replacing directory ${path} with a file`, changes }, async (machine) => {
    const { user, group } = request;
    const attributes = await toAttributes(machine, { user, group, mode: content.mode });
    await machine.files.remove(path, { recursive: true });
    if (content.path === undefined) await machine.files.write(path, content.bytes ?? new Uint8Array(), attributes);
    else await machine.files.writeCopy(path, content.path, attributes);
    return { comment: `File ${path} updated`, changes };
  });
}

function findLeftovers(request: RecurseRequest, { host, requiredSteps }: StateContext): Promise<readonly string[]> {
  const { name, tree, exclude_pat: excludePattern } = request;
  // A directory of the tree is kept by the files in it; an empty one is kept with whatever lies in it.
  const hollow = tree.directories.filter((one) => ![...tree.files.keys()].some((file) => file.startsWith(`${one}/`)));
  const keep = [...tree.files.keys(), ...tree.links.keys(), ...hollow, ...pathsOfRequired(requiredSteps)];
  return findUnmanaged(host, { directory: name, keep, excludePattern });
}

function pendingOf({ parts, unmanaged, request }: Plan): { comment: string; changes: Changes } {
  const changes = Object.fromEntries(parts.map(({ path, outcome }) => [path, outcome.pending.changes]));
  const removal = unmanaged.length === 0 ? [] : [`\n#### removed ####\n${unmanaged.join('\n')}`];
  const comment = [describeParts(parts), ...removal].join('\n').trim();
  const all = unmanaged.length === 0 ? changes : { ...changes, removed: unmanaged };
  return { comment: comment === '' ? `Recursively updated ${request.name}` : comment, changes: all };
}

function describeParts(parts: readonly Part[]): string {
  const lines = parts.map(({ path, outcome }) => {
    const comment = outcome.kind === 'change' ? outcome.pending.comment : outcome.comment;
    return `\n#### ${path} ####\n${comment}`;
  });
  return lines.join('\n').trim();
}

// Salt makes the directory itself first and does not report it.
async function applyParts({ request, parts, unmanaged }: Plan, machine: Host): Promise<Applied> {
  const { name, user, group, dir_mode: mode } = request;
  const changes: Record<string, Plain> = {};
  const wasThere = await isDirectory(machine, name);
  if (!wasThere) await makeParents(machine, `${name}/.`, { user, group, mode });
  const failures: string[] = [];
  for (const { path, outcome } of parts) {
    if (path === name && !wasThere) continue;
    const applied = await outcome.apply(machine);
    if (applied.failed === true) failures.push(`#### ${path} ####\n${applied.comment}`);
    if (Object.keys(applied.changes).length > 0) changes[path] = applied.changes;
  }
  for (const path of topmost(unmanaged)) await machine.files.remove(path, { recursive: true });
  if (unmanaged.length > 0) changes['removed'] = topmost(unmanaged);
  if (failures.length > 0) return { comment: failures.join('\n\n'), changes, failed: true };
  return { comment: `Recursively updated ${name}`, changes };
}
