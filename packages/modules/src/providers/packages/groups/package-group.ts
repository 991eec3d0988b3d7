import { AppError } from '@brine/common';
import type { ReadHost } from '../../../kit/index.ts';
import type { PackageDatabase } from '../package-manager.ts';

/** How packages belong to a group, in Salt's order. */
export const memberKinds = ['mandatory', 'optional', 'default', 'conditional'] as const;
/** One of {@link memberKinds}. */
export type MemberKind = (typeof memberKinds)[number];

/** A group of packages: its members by kind, sorted, and what else is known of it under Salt's names. */
export interface PackageGroup {
  readonly facts: Readonly<Record<string, string>>;
  readonly members: Readonly<Record<MemberKind, readonly string[]>>;
}

/** The members of a group by kind, apart by whether they are installed. */
export type GroupDifference = Readonly<
  Record<MemberKind, { readonly installed: readonly string[]; readonly 'not installed': readonly string[] }>
>;

type GroupList = Readonly<
  Record<string, readonly string[] | Readonly<Record<string, Readonly<Record<string, string>>>>>
>;

/** What tells of groups. */
export interface PackageGroups {
  list(host: ReadHost): Promise<GroupList>;
  /** Throws `state-failed` for a group nobody knows; of an environment the groups, or with `expands` their packages. */
  describe(host: ReadHost, name: string, options: { readonly expands: boolean }): Promise<PackageGroup>;
}

/** Which members of a group are installed. */
export function compareGroup({ members }: PackageGroup, { packages }: PackageDatabase): GroupDifference {
  const isInstalled = (name: string): boolean => packages.get(name)?.isConfigOnly === false;
  const apart = (names: readonly string[]) => ({
    installed: names.filter(isInstalled),
    'not installed': names.filter((name) => !isInstalled(name)),
  });
  return {
    mandatory: apart(members.mandatory),
    optional: apart(members.optional),
    default: apart(members.default),
    conditional: apart(members.conditional),
  };
}

/** The error for a group nobody knows. */
export function unknownGroup(name: string): AppError {
  return new AppError({ code: 'state-failed', message: `Group '${name}' not found` });
}
