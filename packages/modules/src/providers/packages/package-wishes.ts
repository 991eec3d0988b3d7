import { isDict, pythonStr, type Value } from '@brine/common';

/** A package a state is about, and what it asks of its version. */
export interface PackageWish {
  readonly name: string;
  readonly version: string | undefined;
}

/** The packages of a `pkg` state: `pkgs` with names and `{name: version}`, or else its own name and version. */
export function readWishes(args: {
  readonly name: string;
  readonly version?: string | undefined;
  readonly pkgs: Value[] | undefined;
}): readonly PackageWish[] {
  if (args.pkgs === undefined) return [{ name: args.name, version: args.version }];
  const wishes = args.pkgs.flatMap((item): readonly PackageWish[] => {
    if (!isDict(item)) return [{ name: pythonStr(item), version: undefined }];
    return Array.from(item, ([name, version]) => ({
      name: pythonStr(name),
      version: version === null ? undefined : pythonStr(version),
    }));
  });
  return [...new Map(wishes.map((wish) => [wish.name, wish])).values()];
}

/** The first name that no package can have, for such must not reach a command line. */
export function findBadName(wishes: readonly PackageWish[]): string | undefined {
  return wishes.map(({ name }) => name).find((name) => !/^[A-Za-z0-9@_][A-Za-z0-9+._:@/-]*$/.test(name));
}
