import { posix } from 'node:path';
import type { StateContext } from '../../kit/index.ts';
import { isIncluded } from './path-filter.ts';

/** A tree of the file server, as it is to lie in a directory. Paths are those of the directory. */
export interface ServedTree {
  readonly directories: readonly string[];
  /** Path → URL of its content. */
  readonly files: ReadonlyMap<string, string>;
  /** Path → what it links to. */
  readonly links: ReadonlyMap<string, string>;
}

/** Which tree, and which part of it. */
export interface TreeRequest {
  readonly name: string;
  readonly sources: readonly string[];
  readonly include_empty: boolean;
  readonly include_pat: readonly string[] | undefined;
  readonly exclude_pat: readonly string[] | undefined;
  readonly maxdepth: number | undefined;
  readonly keep_symlinks: boolean;
}

/** Reads the first of the sources that is served; why there is no tree, as text. */
export async function readServedTree(request: TreeRequest, context: StateContext): Promise<ServedTree | string> {
  for (const source of request.sources) {
    const [, path = '', saltenv = context.step.saltenv] =
      /^salt:\/\/([^?]*?)\/*(?:\?saltenv=(.*))?$/.exec(source) ?? [];
    const tree = await readTree(request, { path, saltenv }, context);
    if (tree !== undefined) return tree;
    if ((await context.fileServer.listFiles(saltenv, path)).includes(path))
      return `The directory '${path}' does not exist on the salt fileserver in saltenv '${saltenv}'`;
  }
  return 'Recurse failed: none of the specified sources were found';
}

async function readTree(
  request: TreeRequest,
  { path, saltenv }: { readonly path: string; readonly saltenv: string },
  { fileServer }: StateContext,
): Promise<ServedTree | undefined> {
  const prefix = path === '' ? '' : `${path}/`;
  const served = (await fileServer.listFiles(saltenv, prefix)).filter((file) => file.startsWith(prefix));
  const empty = (await fileServer.listEmptyDirectories(saltenv, prefix)).filter((one) => `${one}/`.startsWith(prefix));
  if (served.length === 0 && empty.length === 0) return undefined;
  const symlinks = request.keep_symlinks ? await fileServer.listSymlinks(saltenv, prefix) : new Map<string, string>();
  const isWanted = (file: string): boolean => isPartWanted(request, file.slice(prefix.length));
  const place = (file: string): string => posix.join(request.name, file.slice(prefix.length));
  const links = new Map<string, string>();
  for (const [link, target] of symlinks) if (isWanted(link) && link.startsWith(prefix)) links.set(place(link), target);
  const isLinked = (file: string): boolean =>
    [...symlinks.keys()].some((link) => file === link || file.startsWith(`${link}/`));
  const files = new Map<string, string>();
  for (const file of served)
    if (isWanted(file) && !isLinked(file)) files.set(place(file), `salt://${file}?saltenv=${saltenv}`);
  const parents = [...files.keys()].map((file) => posix.dirname(file));
  const hollow = request.include_empty ? empty.filter(isWanted).map(place) : [];
  return { directories: [...new Set([...parents, ...hollow])].toSorted(), files, links };
}

function isPartWanted(
  { include_pat: include, exclude_pat: exclude, maxdepth }: TreeRequest,
  relative: string,
): boolean {
  if (maxdepth !== undefined && relative.split('/').length > maxdepth + 1) return false;
  return isIncluded(relative, { include, exclude });
}
