import { isDict, pythonStr, type Value } from '@brine/common';
import type { ReadHost, StateContext } from '../../kit/index.ts';
import { findSource } from '../files/find-source.ts';
import type { InstallTarget, PackageDatabase, PackageManager } from './package-manager.ts';
import type { PackageWish } from './package-wishes.ts';
import { isExact, meetsWish, showWish, type CompareVersions } from './version-wish.ts';

/** How the wishes of `pkg.installed` compare with what is installed. */
export interface Comparison {
  /** Wishes that are not met. */
  readonly targets: readonly PackageWish[];
  readonly met: readonly PackageWish[];
}

/** What decides whether an installed version will do. */
export interface ComparisonRules {
  readonly allowUpdates: boolean;
  readonly ignoreEpoch: boolean;
  readonly reinstall: boolean;
}

/** Compares wishes with what is installed. */
export function compareWishes(
  wishes: readonly PackageWish[],
  database: PackageDatabase,
  { compare, rules }: { readonly compare: CompareVersions; readonly rules: ComparisonRules },
): Comparison {
  const isMet = (wish: PackageWish): boolean => {
    const found = database.packages.get(wish.name);
    if (found === undefined || found.isConfigOnly)
      return wish.version === undefined && database.provided.has(wish.name);
    return versionFits(found.version, wish.version, { compare, rules });
  };
  return {
    targets: wishes.filter((wish) => rules.reinstall || !isMet(wish)),
    met: wishes.filter((wish) => !rules.reinstall && isMet(wish)),
  };
}

/** Whether an installed version will do for what is wished. */
export function versionFits(
  version: string,
  wish: string | undefined,
  {
    compare,
    rules,
  }: { readonly compare: CompareVersions; readonly rules: Pick<ComparisonRules, 'allowUpdates' | 'ignoreEpoch'> },
): boolean {
  const withoutEpoch = (text: string): string => (rules.ignoreEpoch ? text.replace(/\d+:/g, '') : text);
  const lenient = wish !== undefined && rules.allowUpdates && isExact(wish) ? `>=${wish}` : wish;
  return meetsWish(withoutEpoch(version), lenient === undefined ? undefined : withoutEpoch(lenient), compare);
}

/** The versions to install, looked up where a wish is no exact one; a text names the wish nothing can meet. */
export async function chooseVersions(
  manager: PackageManager,
  host: ReadHost,
  targets: readonly PackageWish[],
  ignoreEpoch = false,
): Promise<readonly InstallTarget[] | string> {
  const chosen: InstallTarget[] = [];
  for (const { name, version } of targets) {
    const isFree = version === undefined || version === '' || version === 'latest';
    const wanted =
      isFree || isExact(version) ? version : await newestThatFits(manager, host, { name, version, ignoreEpoch });
    if (!isFree && wanted === undefined) return `No version matching '${showWish(name, version)}' is available`;
    chosen.push({ name, version: isFree ? undefined : wanted });
  }
  return chosen;
}

async function newestThatFits(
  manager: PackageManager,
  host: ReadHost,
  { name, version, ignoreEpoch }: PackageWish & { readonly ignoreEpoch: boolean },
): Promise<string | undefined> {
  const offered = await manager.versions(host, name);
  return offered.find((one) =>
    versionFits(one, version, { compare: manager.compareVersions, rules: { allowUpdates: false, ignoreEpoch } }),
  );
}

/** Finds the files of `sources`; a text says which cannot be had. */
export async function findPackageFiles(
  sources: readonly Value[],
  manager: PackageManager,
  context: Pick<StateContext, 'fileServer' | 'host' | 'step'>,
): Promise<readonly (InstallTarget & { readonly file: string })[] | string> {
  const found: (InstallTarget & { readonly file: string })[] = [];
  for (const item of sources) {
    if (!isDict(item)) return 'Invalidly formatted "sources" parameter: a list of {name: URL} is expected';
    for (const [key, url] of item) {
      const name = pythonStr(key);
      const source = await findSource({ source: url, skipVerify: true, target: name }, context);
      if (typeof source === 'string') return source;
      const described = await manager.describeFile(context.host, source.path);
      if (described === undefined) return `${pythonStr(url)} is not a package file`;
      found.push({ name: described.name, version: described.version, file: source.path });
    }
  }
  return found;
}

/** The wish names that are not known to the package manager, with what resembles them. */
export async function findUnknown(
  manager: PackageManager,
  host: ReadHost,
  targets: readonly PackageWish[],
): Promise<readonly string[]> {
  const names = targets.map(({ name }) => name);
  const known = await manager.candidates(host, names);
  const unknown = names.filter((name) => !known.has(name) && !known.has(name.replace(/:.*$/, '')));
  const lines: string[] = [];
  for (const name of unknown) {
    const similar = await manager.suggestions(host, name);
    if (similar.length > 0) lines.push(`Package '${name}' not found (possible matches: ${similar.join(', ')})`);
    else lines.push(`Package '${name}' not found, and no possible matches were found in the package db`);
  }
  return lines;
}
