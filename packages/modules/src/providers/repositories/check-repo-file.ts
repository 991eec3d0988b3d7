import type { Applied, CheckOutcome, Dict, Plain } from '@brine/common';
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
  const { name } = request;
  const found = (await readRepos(context.host, manager.name)).find((repo) => repo.id === name);
  const options = repoOptions(request.options);
  const refusal = refuseRepoId(name) ?? refuseRepo(options, found === undefined);
  if (refusal !== undefined) return fails(`Failed to configure repo '${name}': ${refusal}`);
  const changes = found === undefined ? { repo: name } : compare(found, options);
  if (Object.keys(changes).length === 0) return isOk(`Package repo '${name}' already configured`);
  const file = found?.file ?? request.file ?? (await newRepoFile(context.host, manager.name, name));
  const plan = { request, manager, file, options, changes, context };
  // Packages that are not known may come to be known through it.
  noteRefreshed(context.memory, false);
  return willChange({ comment: `Package repo '${name}' would be configured. ${dryRunNote}`, changes }, (machine) =>
    attempt(`Failed to configure repo '${name}'`, () => configure(plan, machine)),
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
  const { request, manager, file, options, changes, context } = plan;
  await writeRepo(machine, { file, id: request.name }, withOneSource(options));
  noteRefreshed(context.memory, false);
  if (request.importsKeys && manager.name === 'zypper') {
    await runTool(machine, ['zypper', '--non-interactive', '--gpg-auto-import-keys', 'refresh', '--', request.name]);
  }
  if (request.refreshes) await refreshLists(manager, machine, { wish: true, validSeconds: undefined, context });
  return { comment: `Configured package repo '${request.name}'`, changes };
}

/** Compares a section of a `.repo` file with being gone, in Salt's words. */
export async function checkRepoFileAbsent(
  name: string,
  manager: PackageManager,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const found = (await readRepos(context.host, manager.name)).find((repo) => repo.id === name);
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
