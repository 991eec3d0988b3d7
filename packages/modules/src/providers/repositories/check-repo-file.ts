import { AppError, type Applied, type CheckOutcome, type Dict, type Plain } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { runTool } from '../commands/run-tool.ts';
import type { PackageManager } from '../packages/package-manager.ts';
import { noteRefreshed } from '../packages/package-memory.ts';
import { refreshLists } from '../packages/refresh-lists.ts';
import { dryRunNote } from './dry-run-note.ts';
import {
  newRepoFile,
  readRepos,
  refuseRepo,
  refuseRepoId,
  removeRepo,
  repoOptions,
  withOneSource,
  writeRepo,
  type FoundRepo,
} from './repo-files.ts';

/** A repository of dnf, yum or zypper as an SLS file describes it. */
export interface RepoFileRequest {
  readonly name: string;
  /** What it is called in comments and changes; its name unless given. */
  readonly title?: string;
  /** A project of COPR, OWNER/PROJECT, which brings the section when it is not there. */
  readonly copr?: string | undefined;
  readonly file: string | undefined;
  /** The options of its section. */
  readonly options: Dict;
  /** Whether zypper takes its key on trust. */
  readonly importsKeys: boolean;
  /** Whether the lists of packages are fetched after a change. */
  readonly refreshes: boolean;
}

interface Plan {
  readonly request: RepoFileRequest;
  readonly manager: PackageManager;
  readonly title: string;
  /** The project of COPR that is to be enabled first. */
  readonly enables: string | undefined;
  readonly file: string;
  readonly options: ReadonlyMap<string, string>;
  readonly changes: Readonly<Record<string, Plain>>;
  readonly context: StateContext;
}

/** Compares a section of a `.repo` file with what is asked of it, in Salt's words. */
export async function checkRepoFile(
  request: RepoFileRequest,
  manager: PackageManager,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const { name, title = name, copr } = request;
  const found = (await readRepos(context.host, manager.name)).find((repo) => repo.id === name);
  const options = repoOptions(request.options);
  const refusal = refuseRepoId(name) ?? refuseRepo(options, found === undefined && copr === undefined);
  if (refusal !== undefined) return fails(`Failed to configure repo '${title}': ${refusal}`);
  const changes = found === undefined ? { repo: copr === undefined ? name : `copr:${copr}` } : compare(found, options);
  if (Object.keys(changes).length === 0) return isOk(`Package repo '${title}' already configured`);
  const file = found?.file ?? request.file ?? (await newRepoFile(context.host, manager.name, name));
  const plan = {
    request,
    manager,
    file,
    options,
    changes,
    context,
    title,
    enables: found === undefined ? copr : undefined,
  };
  // Packages that are not known may come to be known through it.
  noteRefreshed(context.memory, false);
  return willChange({ comment: `Package repo '${title}' would be configured. ${dryRunNote}`, changes }, (machine) =>
    attempt(`Failed to configure repo '${title}'`, () => configure(plan, machine)),
  );
}

function compare(found: FoundRepo, options: ReadonlyMap<string, string>): Record<string, Plain> {
  const changes: Record<string, Plain> = {};
  for (const [key, wanted] of withOneSource(options)) {
    const current = found.options.get(key);
    // What is not said of a repository to be disabled is that it is enabled.
    const isSame = key === 'enabled' && current === undefined ? isOn(wanted) : equals(current, wanted);
    if (!isSame) changes[key] = { old: current ?? null, new: wanted ?? null };
  }
  return changes;
}

function equals(current: string | undefined, wanted: string | undefined): boolean {
  if (current === undefined || wanted === undefined) return current === wanted;
  return current === wanted || (isFlag(current) && isFlag(wanted) && isOn(current) === isOn(wanted));
}

function isFlag(text: string): boolean {
  return /^(0|1|true|false|yes|no|on|off)$/i.test(text);
}

function isOn(text: string | undefined): boolean {
  return text !== undefined && /^(1|true|yes|on)$/i.test(text);
}

async function configure(plan: Plan, machine: Host): Promise<Applied> {
  const { request, manager, options, changes, context, title, enables } = plan;
  const file =
    enables === undefined ? plan.file : await enableCopr(machine, manager.name, { id: request.name, enables });
  await writeRepo(machine, { file, id: request.name }, withOneSource(options));
  noteRefreshed(context.memory, false);
  if (request.importsKeys && manager.name === 'zypper') {
    await runTool(machine, ['zypper', '--non-interactive', '--gpg-auto-import-keys', 'refresh', '--', request.name]);
  }
  if (request.refreshes) await refreshLists(manager, machine, { wish: true, validSeconds: undefined, context });
  return { comment: `Configured package repo '${title}'`, changes };
}

// The plugin writes the file of the project by itself; what is asked of its section comes after.
async function enableCopr(
  machine: Host,
  manager: string,
  { id, enables }: { readonly id: string; readonly enables: string },
): Promise<string> {
  await runTool(machine, [manager, 'copr', 'enable', '-y', enables]);
  const found = (await readRepos(machine, manager)).find((repo) => repo.id === id);
  if (found !== undefined) return found.file;
  throw new AppError({ code: 'state-failed', message: `${manager} copr enable brought no repository ${id}` });
}

/** The section that a project of COPR has; `undefined` when it is none. */
export function coprId(project: string): string | undefined {
  const [, group, owner = '', name = ''] = /^(@?)([\w.+-]+)\/([\w.+-]+)$/.exec(project) ?? [];
  return name === '' ? undefined : `copr:copr.fedorainfracloud.org:${group === '@' ? 'group_' : ''}${owner}:${name}`;
}

/** Compares a section of a `.repo` file with being gone, in Salt's words. */
export async function checkRepoFileAbsent(
  name: string,
  manager: PackageManager,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const id = name.startsWith('copr:') ? (coprId(name.slice('copr:'.length)) ?? name) : name;
  const found = (await readRepos(context.host, manager.name)).find((repo) => repo.id === id);
  if (found === undefined) return isOk(`Package repo ${name} is absent`);
  const changes = { repo: name };
  return willChange({ comment: `Package repo '${name}' will be removed. ${dryRunNote}`, changes }, (machine) =>
    attempt(`Failed to remove repo ${name}`, async () => {
      await removeRepo(machine, found);
      noteRefreshed(context.memory, false);
      return { comment: `Removed repo ${name}`, changes };
    }),
  );
}
