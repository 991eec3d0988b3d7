import type { Applied, CheckOutcome, Value } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { choosePackageManager } from './choose-package-manager.ts';
import { downloadChanges, readDownloads, type Downloads } from './downloads.ts';
import { chooseVersions, findUnknown, versionFits } from './install-plan.ts';
import type { PackageManager } from './package-manager.ts';
import { findBadName, readWishes, type PackageWish } from './package-wishes.ts';
import { refreshLists } from './refresh-lists.ts';
import { showWish } from './version-wish.ts';

/** `pkg.downloaded` as an SLS file describes it. */
export interface DownloadRequest {
  readonly name: string;
  readonly version: string | undefined;
  readonly pkgs: Value[] | undefined;
  readonly fromrepo: string | undefined;
  readonly ignore_epoch: boolean | undefined;
  readonly refresh: boolean | undefined;
  readonly cache_valid_time: number | undefined;
  readonly skip_verify: boolean;
  readonly skip_suggestions: boolean;
  readonly install_recommends: boolean | undefined;
}

interface Plan {
  readonly request: DownloadRequest;
  readonly manager: PackageManager;
  readonly targets: readonly PackageWish[];
  readonly before: Downloads;
  readonly context: StateContext;
}

/** Compares packages with being in the cache of the package manager. */
export async function checkDownloaded(request: DownloadRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const manager = await choosePackageManager(context.host, context.grains);
  const before = await readDownloads(manager, context.host);
  if (before === undefined) return fails('The pkg.downloaded state is not available on this platform');
  if (request.pkgs?.length === 0) return isOk('No packages to download provided');
  const wishes = readWishes(request);
  const bad = findBadName(wishes);
  if (bad !== undefined) return fails(`The name ${bad} cannot be that of a package`);
  const targets = wishes.filter((wish) => !isDownloaded(wish, before, { request, manager }));
  if (targets.length === 0) {
    const isMatched = wishes.some(({ version }) => version !== undefined);
    return isOk(`All specified packages${isMatched ? ' (matching specified versions)' : ''} are already downloaded`);
  }
  const names = targets.map(({ name }) => name);
  const changes = Object.fromEntries(names.map((name) => [name, { old: '', new: 'downloaded' }]));
  const comment = `The following packages would be downloaded: ${names.join(', ')}`;
  return willChange({ comment, changes }, (machine) =>
    attempt('An error was encountered while downloading package(s)', () =>
      download({ request, manager, targets, before, context }, machine),
    ),
  );
}

function isDownloaded(
  { name, version }: PackageWish,
  downloads: Downloads,
  { request, manager }: { readonly request: DownloadRequest; readonly manager: PackageManager },
): boolean {
  const rules = { allowUpdates: false, ignoreEpoch: request.ignore_epoch === true };
  const found = Object.keys(downloads[name] ?? {});
  return found.some((each) => versionFits(each, version, { compare: manager.compareVersions, rules }));
}

async function download(plan: Plan, machine: Host): Promise<Applied> {
  const { request, manager, targets, before, context } = plan;
  const refresh = { wish: request.refresh, validSeconds: request.cache_valid_time, context };
  await refreshLists(manager, machine, refresh);
  const unknown = request.skip_suggestions ? [] : await findUnknown(manager, machine, targets);
  if (unknown.length > 0) return { comment: unknown.join('\n'), changes: {}, failed: true };
  const chosen = await chooseVersions(manager, machine, targets);
  if (typeof chosen === 'string') return { comment: chosen, changes: {}, failed: true };
  await manager.install(machine, chosen, {
    downloadOnly: true,
    fromRepository: request.fromrepo,
    skipVerify: request.skip_verify,
    recommends: request.install_recommends,
    signal: context.signal,
  });
  const after = (await readDownloads(manager, machine)) ?? {};
  const changes = downloadChanges(before, after);
  const failed = targets.filter((wish) => !isDownloaded(wish, after, plan));
  if (failed.length > 0) {
    const names = failed.map(({ name, version }) => showWish(name, version)).join(', ');
    return { comment: `The following packages failed to download: ${names}`, changes, failed: true };
  }
  return { comment: `Packages downloaded: ${targets.map(({ name }) => name).join(', ')}`, changes };
}
