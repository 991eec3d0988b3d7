import { pythonStr, type Dict, type Value } from '@brine/common';

/** Salt's own modules of grains beside `core`, and those of their grains that are collected here too. */
const saltModules: ReadonlyMap<string, readonly string[]> = new Map([
  ['disks', ['disks', 'ssds']],
  ['extra', ['shell', 'efi', 'efi-secure-boot', 'transactional']],
  ['lvm', ['lvm']],
  ['minion_process', ['username', 'groupname', 'pid', 'gid', 'uid']],
]);

/** Built-in grains, parted by how they stand to modules that somebody brought. */
export interface PartedGrains {
  /** Those that such modules may set: Salt collects them first. */
  readonly soft: Dict;
  /** Those that Salt's other modules give, which run last. */
  readonly firm: Dict;
}

/** Parts the built-in grains, and leaves out those of modules of Salt's that some names stand for. */
export function partGrains(grains: Dict, without: ReadonlySet<string>): PartedGrains {
  const soft: Dict = new Map();
  const firm: Dict = new Map();
  for (const [name, value] of grains) {
    const module = moduleOf(name);
    if (!without.has(module)) (module === 'core' ? soft : firm).set(name, value);
  }
  return { soft, firm };
}

function moduleOf(grain: Value): string {
  for (const [module, names] of saltModules) if (names.includes(pythonStr(grain))) return module;
  return 'core';
}
