import { posix } from 'node:path';
import type { TreeDisk, TreeStat } from '@brine/sls';

/** What lies at a path of a memory tree: a file's text or bytes, a symlink, an empty directory. */
export type MemoryTreeEntry = string | Uint8Array | { readonly link: string } | { readonly directory: true };

const longestChain = 40;

/** A {@link TreeDisk} over entries by absolute path. Directories above them exist by themselves; `{ directory: true }` makes an empty one. */
export function createMemoryTree(entries: Readonly<Record<string, MemoryTreeEntry>>): TreeDisk {
  const nodes = new Map<string, MemoryTreeEntry>();
  for (const [path, entry] of Object.entries(entries)) {
    for (let above = posix.dirname(path); !nodes.has(above); above = posix.dirname(above))
      nodes.set(above, { directory: true });
    nodes.set(path, entry);
  }
  const follow = (path: string): string | undefined => realPath(nodes, path, 0);
  // As on a disk, links on the way to the last part are followed.
  const locate = (path: string): string => posix.join(follow(posix.dirname(path)) ?? '/\0', posix.basename(path));
  return {
    stat: (path) => Promise.resolve(toStat(nodes.get(path === '/' ? '/' : locate(path)))),
    list(path) {
      const folder = follow(path);
      if (folder === undefined || !isDirectory(nodes.get(folder))) return Promise.resolve(undefined);
      const inside = [...nodes.keys()].filter((node) => node !== '/' && posix.dirname(node) === folder);
      return Promise.resolve(inside.map((node) => posix.basename(node)));
    },
    read(path) {
      const node = nodes.get(follow(path) ?? '');
      if (node instanceof Uint8Array) return Promise.resolve(node);
      return Promise.resolve(typeof node === 'string' ? new TextEncoder().encode(node) : undefined);
    },
    readLink(path) {
      const node = nodes.get(locate(path));
      return Promise.resolve(isLink(node) ? node.link : undefined);
    },
    realPath: (path) => Promise.resolve(follow(path)),
  };
}

function isLink(entry: MemoryTreeEntry | undefined): entry is { readonly link: string } {
  return typeof entry === 'object' && 'link' in entry;
}

function isDirectory(entry: MemoryTreeEntry | undefined): entry is { readonly directory: true } {
  return typeof entry === 'object' && 'directory' in entry;
}

function toStat(entry: MemoryTreeEntry | undefined): TreeStat | undefined {
  if (entry === undefined) return undefined;
  if (isDirectory(entry)) return { kind: 'directory', size: 0, mode: 0o755, modifiedAt: 0 };
  if (isLink(entry)) return { kind: 'symlink', size: entry.link.length, mode: 0o777, modifiedAt: 0 };
  return { kind: 'file', size: Buffer.byteLength(entry), mode: 0o644, modifiedAt: 0 };
}

function realPath(nodes: ReadonlyMap<string, MemoryTreeEntry>, path: string, links: number): string | undefined {
  if (links > longestChain) return undefined;
  let real = '/';
  const parts = posix
    .resolve(path)
    .split('/')
    .filter((part) => part !== '');
  for (const [index, part] of parts.entries()) {
    const next = posix.join(real, part);
    const node = nodes.get(next);
    if (node === undefined) return undefined;
    if (isLink(node)) {
      return realPath(nodes, posix.join(posix.resolve(real, node.link), ...parts.slice(index + 1)), links + 1);
    }
    real = next;
  }
  return real;
}
