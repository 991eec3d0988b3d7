import type { PackageManager } from '../package-manager.ts';
import { dnfGroupInfo, dnfGroupList } from './dnf-groups.ts';
import type { PackageGroups } from './package-group.ts';
import { pacmanGroupInfo, pacmanGroupList } from './pacman-groups.ts';

/** The groups of a package manager; `undefined` when it has none that Salt knows of. */
export function groupsOf({ name }: Pick<PackageManager, 'name'>): PackageGroups | undefined {
  if (name === 'dnf' || name === 'yum')
    return {
      list: (host) => dnfGroupList(host, name),
      describe: (host, group, { expands }) => dnfGroupInfo(host, { program: name, group, expands }),
    };
  if (name === 'pacman') return { list: pacmanGroupList, describe: (host, group) => pacmanGroupInfo(host, group) };
  return undefined;
}
