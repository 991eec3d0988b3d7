import { isDict, pythonStr, renderOutput, toValue, type Value } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import type { PackageManager } from './package-manager.ts';
import type { PackageWish } from './package-wishes.ts';
import { verifyFiles, type AlteredFiles, type VerifyOptions } from './rpm/verify-files.ts';

/** Packages with files that were altered. */
export type AlteredPackages = ReadonlyMap<string, AlteredFiles>;

/** Whether a package manager can tell altered files. */
export function canVerify({ name }: PackageManager): boolean {
  return name === 'dnf' || name === 'yum' || name === 'zypper';
}

/** What `pkg_verify` asks for: a switch, or a list of dicts; undefined when files are not looked at. */
export function readVerifyWish(wish: boolean | Value[]): VerifyOptions | undefined {
  if (!Array.isArray(wish)) return wish ? { ignoreTypes: [], options: [] } : undefined;
  const listed = (key: string): readonly string[] => {
    const found = wish
      .filter(isDict)
      .find((one) => one.has(key))
      ?.get(key);
    if (found === undefined || found === null) return [];
    return (Array.isArray(found) ? found.map((each) => pythonStr(each)) : pythonStr(found).split(',')).map((each) =>
      each.trim(),
    );
  };
  return { ignoreTypes: listed('ignore_types'), options: listed('verify_options') };
}

/** Those of some packages that have altered files. */
export async function findAltered(
  host: ReadHost,
  wishes: readonly PackageWish[],
  options: VerifyOptions,
): Promise<AlteredPackages> {
  const found = new Map<string, AlteredFiles>();
  for (const { name } of wishes) {
    const files = await verifyFiles(host, [name], options);
    if (Object.keys(files).length > 0) found.set(name, files);
  }
  return found;
}

const listed = (files: AlteredFiles | undefined): string =>
  renderOutput(
    'nested',
    toValue(Object.fromEntries(Object.entries(files ?? {}).map(([path, file]) => [path, { ...file }]))),
    { settings: new Map(), color: false },
  ).trimEnd();

/** What is said of altered packages before they are installed again. */
export function foretellAltered(altered: AlteredPackages): readonly string[] {
  return [...altered].flatMap(([name, files]) => [
    `Package '${name}' would be reinstalled because the following files have been altered:`,
    listed(files),
  ]);
}

/** What is said of them afterwards; `left` has those that are altered still. */
export function describeReinstalled(altered: AlteredPackages, left: AlteredPackages): readonly string[] {
  const mended = [...altered].filter(([name]) => !left.has(name));
  return [
    ...mended.flatMap(([name, files]) => [
      `Package ${name} was reinstalled. The following files were remediated:`,
      listed(files),
    ]),
    ...[...left].flatMap(([name, files]) => [
      `Reinstall was not successful for package ${name}. The following files could not be remediated:`,
      listed(files),
    ]),
  ];
}
