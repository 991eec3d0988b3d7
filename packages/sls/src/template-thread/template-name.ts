import { posix } from 'node:path';

/**
 * The path below the roots that a template names in `include`, `import`, `from` or `extends`: names that start
 * with `./` or `../` count from the folder of the file they stand in. `undefined` when that leaves the tree.
 */
export function resolveTemplateName(name: string, parent: string): string | undefined {
  const [first] = name.split('/', 1);
  if (first !== '.' && first !== '..') return name;
  const path = posix.join(posix.dirname(parent), name);
  return path === '..' || path.startsWith('../') ? undefined : path;
}
