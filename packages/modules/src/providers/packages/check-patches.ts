import type { Applied, CheckOutcome } from '@brine/common';
import {
  fails,
  isOk,
  operand,
  optional,
  textList,
  willChange,
  type Host,
  type ReadHost,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { choosePackageManager } from './choose-package-manager.ts';
import { downloadChanges, readDownloads } from './downloads.ts';
import { packageChanges } from './package-changes.ts';
import type { PackageManager } from './package-manager.ts';
import { forgetInstalled, installedPackages } from './package-memory.ts';
import { checkAdvisories, patchesOf, type Patch } from './rpm/patches.ts';

/** The arguments that `pkg.patch_installed` and `pkg.patch_downloaded` share. */
export const patchArguments = {
  name: operand().describe('Name of the advisory, unless advisory_ids are given.'),
  advisory_ids: optional(textList()).describe('Names of the advisories.'),
};

/** Advisories as an SLS file describes them. */
export interface PatchRequest {
  readonly name: string;
  readonly advisory_ids: readonly string[] | undefined;
  readonly downloadOnly: boolean;
  /** The state that asks. */
  readonly state: string;
}

/** Compares advisories with being installed, or their packages with being downloaded. */
export async function checkPatches(request: PatchRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const { name, advisory_ids: given } = request;
  const manager = await choosePackageManager(context.host, context.grains);
  const tool = patchesOf(manager);
  if (tool === undefined) return fails(`The ${request.state} state is not available on this platform`);
  if (given?.length === 0) return isOk('No advisory ids provided');
  const ids = given ?? [name];
  const odd = ids.find((id) => !/^[\w.:][\w.:-]*$/.test(id));
  if (odd !== undefined) return fails(`The name ${odd} cannot be that of an advisory`);
  const known = await tool.read(context.host);
  const targets = ids.filter((id) => known.get(id)?.installed !== true);
  if (targets.length === 0)
    return isOk(
      given === undefined
        ? `Advisory patch ${name} is already installed`
        : 'All specified advisory patches are already installed',
    );
  if (
    request.downloadOnly &&
    (await areInCache(
      manager,
      context.host,
      targets.map((id) => known.get(id)),
    ))
  )
    return isOk('Advisory patch is not needed or related packages are already downloaded');
  const trouble = 'An error was encountered while downloading package(s)';
  const comment = `The following advisory patches would be downloaded: ${targets.join(', ')}`;
  const word = request.downloadOnly ? 'downloaded' : 'installed';
  const changes = Object.fromEntries(targets.map((id) => [id, { old: '', new: word }]));
  return willChange({ comment, changes }, (machine) =>
    attempt(trouble, async () => {
      checkAdvisories(known, targets);
      const work = async (): Promise<void> =>
        tool.install(machine, targets, { downloadOnly: request.downloadOnly, signal: context.signal });
      const changed = request.downloadOnly
        ? await whileDownloading(manager, machine, work)
        : await whileInstalling(manager, { machine, context }, work);
      return summarize(changed, word);
    }),
  );
}

// zypper does not tell which packages an advisory brings.
async function areInCache(
  manager: PackageManager,
  host: ReadHost,
  patches: readonly (Patch | undefined)[],
): Promise<boolean> {
  const downloads = Object.values((await readDownloads(manager, host)) ?? {}).flatMap((each) => Object.values(each));
  const files = new Set(downloads.map(({ path = '' }) => String(path).replace(/^.*\//, '')));
  return patches.every(
    (patch) =>
      typeof patch?.summary === 'object' &&
      patch.summary.every((name) => files.has(`${name.replace(/-\d+:(?=[^-]*-[^-]*$)/, '-')}.rpm`)),
  );
}

function summarize(changes: Applied['changes'], word: string): Applied {
  const isSame = Object.keys(changes).length === 0;
  const comment = isSame ? `Advisory patch is not needed or related packages are already ${word}` : '';
  return { comment, changes };
}

async function whileDownloading(
  manager: PackageManager,
  machine: Host,
  work: () => Promise<void>,
): Promise<Applied['changes']> {
  const before = (await readDownloads(manager, machine)) ?? {};
  await work();
  return downloadChanges(before, (await readDownloads(manager, machine)) ?? {});
}

async function whileInstalling(
  manager: PackageManager,
  { machine, context }: { readonly machine: Host; readonly context: StateContext },
  work: () => Promise<void>,
): Promise<Applied['changes']> {
  const before = await installedPackages(manager, context);
  await work();
  forgetInstalled(context.memory);
  return packageChanges(before, await installedPackages(manager, { ...context, host: machine }));
}
