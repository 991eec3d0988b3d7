import type { Host, ReadHost } from '../../kit/index.ts';

/** A package as the system's database has it. */
export interface InstalledPackage {
  readonly version: string;
  /** Removed, but its configuration is still there. */
  readonly isConfigOnly: boolean;
  readonly isHeld: boolean;
  /** Installed, but marked to be purged. */
  readonly isUnwanted?: boolean;
  /** All versions, oldest first, where several are installed beside each other, as kernels of rpm are. */
  readonly versions?: readonly string[];
}

/** All versions of an installed package, oldest first: one, but for what may be there several times. */
export function versionsOf({ version, versions }: InstalledPackage): readonly string[] {
  return versions ?? [version];
}

/** What is known of a package under Salt's names: `version`, `arch`, `summary` … */
export type PackageDetails = Readonly<Record<string, string | number>>;

/** What is installed: name → package, and the names that installed packages provide. */
export interface PackageDatabase {
  readonly packages: ReadonlyMap<string, InstalledPackage>;
  readonly provided: ReadonlySet<string>;
}

/** A package to install: by name (and version), or from a file. */
export interface InstallTarget {
  readonly name: string;
  readonly version?: string | undefined;
  /** Absolute path of a package file. */
  readonly file?: string | undefined;
}

/** How packages are installed. */
export interface InstallOptions {
  readonly fromRepository?: string | undefined;
  readonly skipVerify?: boolean;
  readonly reinstall?: boolean;
  readonly allowDowngrade?: boolean;
  readonly changeHeld?: boolean;
  readonly recommends?: boolean | undefined;
  readonly onlyUpgrade?: boolean;
  /** `new` takes the package's configuration files over changed ones. */
  readonly configuration?: 'old' | 'new';
  readonly downloadOnly?: boolean;
  readonly signal?: AbortSignal;
}

/** What became of each list: true is new, null as before, false could not be had. True alone where that is not told. */
export type RefreshReport = true | Readonly<Record<string, boolean | null>>;

/** What installs packages on a machine. Verbs throw `state-failed` with what the program complained about. */
export interface PackageManager {
  readonly name: string;
  installed(host: ReadHost): Promise<PackageDatabase>;
  /** The version an installation would bring, of each name that is known. */
  candidates(host: ReadHost, names: readonly string[], fromRepository?: string): Promise<ReadonlyMap<string, string>>;
  /** All versions on offer, newest first. */
  versions(host: ReadHost, name: string): Promise<readonly string[]>;
  /** All versions on offer, newest first, of names and globs of them, of everything without; absent where names alone can be asked for. */
  offered?(host: ReadHost, patterns: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Known names that resemble one that is not. */
  suggestions(host: ReadHost, name: string): Promise<readonly string[]>;
  /** What an upgrade of everything would change: name → new version. */
  upgrades(host: ReadHost, options: { readonly distUpgrade: boolean }): Promise<ReadonlyMap<string, string>>;
  /** Less than, equal to or greater than 0, as version `a` is older than, the same as or newer than `b`. */
  readonly compareVersions: (a: string, b: string) => number;
  /** Name and version of a package file. */
  describeFile(host: ReadHost, path: string): Promise<{ readonly name: string; readonly version: string } | undefined>;
  /** The paths of an installed package; `undefined` when it is not installed. */
  files(host: ReadHost, name: string): Promise<readonly string[] | undefined>;
  /** The package a path belongs to; an empty text when it belongs to none. */
  owner(host: ReadHost, path: string): Promise<string>;
  /** What is known of installed packages, of all without names; throws when one is not installed. */
  details(host: ReadHost, names: readonly string[]): Promise<ReadonlyMap<string, readonly PackageDetails[]>>;
  /** Fetches the lists of packages anew. */
  refresh(machine: Host): Promise<RefreshReport>;
  /** Milliseconds since the epoch when the lists of packages were last refreshed; `undefined` when never. */
  refreshedAt(host: ReadHost): Promise<number | undefined>;
  install(machine: Host, targets: readonly InstallTarget[], options: InstallOptions): Promise<void>;
  remove(
    machine: Host,
    names: readonly string[],
    options: { readonly purge: boolean; readonly signal?: AbortSignal },
  ): Promise<void>;
  upgrade(
    machine: Host,
    options: {
      readonly distUpgrade: boolean;
      readonly names?: readonly string[] | undefined;
      readonly signal?: AbortSignal;
    },
  ): Promise<void>;
  /** Keeps packages at their versions, or lets them go again. */
  hold(machine: Host, names: readonly string[], held: boolean): Promise<void>;
}
