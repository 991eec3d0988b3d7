import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { AppError } from '@brine/common';
import type { Attributes, FileStat, WritableFiles } from '@brine/modules/kit';

/** How a test lays a path: its text, or what else it is. */
export type FakeEntry =
  | string
  | Uint8Array
  | { readonly text: string; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | {
      readonly directory: true;
      readonly mode?: number;
      readonly uid?: number;
      readonly gid?: number;
      /** Milliseconds since the epoch; long ago unless given. */
      readonly modifiedAt?: number;
    }
  | { readonly link: string }
  | { readonly device: 'block-device' | 'character-device' };

interface Node {
  kind: FileStat['kind'];
  mode: number;
  uid: number;
  gid: number;
  content: Uint8Array;
  target: string;
  modifiedAt: number;
  accessedAt: number;
  readonly inode: number;
}

/** A file tree in memory that behaves as a real one: symbolic links, missing parents, modes kept on replacement. */
export class FakeFiles implements WritableFiles {
  readonly #nodes = new Map<string, Node>();
  #tick = 0;

  constructor(entries: Readonly<Record<string, FakeEntry>>) {
    this.#nodes.set('/', this.#node({ kind: 'directory', mode: 0o755 }));
    for (const [path, entry] of Object.entries(entries)) this.#lay(path, entry);
  }

  #lay(path: string, entry: FakeEntry): void {
    this.#makeParents(posix.dirname(path));
    if (typeof entry === 'string') this.#nodes.set(path, this.#node({ content: Buffer.from(entry) }));
    else if (entry instanceof Uint8Array) this.#nodes.set(path, this.#node({ content: entry }));
    else if ('text' in entry) this.#nodes.set(path, this.#node({ ...entry, content: Buffer.from(entry.text) }));
    else if ('link' in entry) this.#nodes.set(path, this.#node({ kind: 'symlink', mode: 0o777, target: entry.link }));
    else if ('device' in entry) this.#nodes.set(path, this.#node({ kind: entry.device, mode: 0o660 }));
    else this.#nodes.set(path, this.#node({ mode: 0o755, ...entry, kind: 'directory' }));
  }

  #makeParents(path: string): void {
    if (this.#nodes.has(path)) return;
    this.#makeParents(posix.dirname(path));
    this.#nodes.set(path, this.#node({ kind: 'directory', mode: 0o755 }));
  }

  #node(part: Partial<Node>): Node {
    this.#tick += 1;
    const { kind, mode, uid, gid, content, target } = {
      ...{ kind: 'file' as const, mode: 0o644, uid: 0, gid: 0, content: new Uint8Array(), target: '' },
      ...part,
    };
    const modifiedAt = part.modifiedAt ?? this.#tick * 1000;
    const times = { modifiedAt, accessedAt: modifiedAt, inode: this.#tick };
    return { kind, mode, uid, gid, content, target, ...times };
  }

  /** Everything there is, byte for byte, as text that two moments can be compared by. */
  snapshot(): Record<string, unknown> {
    const paths = [...this.#nodes.keys()].toSorted();
    return Object.fromEntries(
      paths.map((path) => {
        const node = this.#must(path);
        return [path, { ...node, content: Buffer.from(node.content).toString('latin1') }];
      }),
    );
  }

  #must(path: string): Node {
    const node = this.#nodes.get(path);
    if (node === undefined) throw failure(path, 'no such file or directory');
    return node;
  }

  #resolve(path: string, followLast: boolean, depth = 0): string | undefined {
    if (depth > 40) throw failure(path, 'too many symbolic links, or a link where none may be');
    const parts = posix.resolve('/', path).split('/').filter(Boolean);
    let at = '/';
    for (const [index, part] of parts.entries()) {
      const next = posix.join(at, part);
      const node = this.#nodes.get(next);
      if (node === undefined) return undefined;
      const isLast = index === parts.length - 1;
      if (node.kind === 'symlink' && (!isLast || followLast)) {
        const rest = parts.slice(index + 1).join('/');
        return this.#resolve(posix.join(posix.resolve(at, node.target), rest), followLast, depth + 1);
      }
      at = next;
    }
    return at;
  }

  #find(path: string, follow: boolean): Node | undefined {
    const real = this.#resolve(path, follow);
    return real === undefined ? undefined : this.#nodes.get(real);
  }

  // The place a new name goes to: its parent has to be a directory, reached through links.
  #place(path: string): string {
    const parent = this.#resolve(posix.dirname(path), true);
    if (parent === undefined || this.#nodes.get(parent)?.kind !== 'directory')
      throw failure(path, 'no such file or directory');
    return posix.join(parent, posix.basename(path));
  }

  async stat(path: string, options?: { readonly follow?: boolean }): Promise<FileStat | undefined> {
    const node = this.#find(path, options?.follow === true);
    if (node === undefined) return undefined;
    const { kind, mode, uid, gid, content, modifiedAt, accessedAt, inode } = node;
    return {
      kind,
      mode,
      uid,
      gid,
      size: content.length,
      modifiedAt,
      accessedAt,
      changedAt: modifiedAt,
      inode,
      device: 1,
      linkCount: 1,
    };
  }

  async read(
    path: string,
    options: { readonly limit?: number; readonly offset?: number } = {},
  ): Promise<Uint8Array | undefined> {
    const node = this.#find(path, true);
    if (node?.kind === 'directory') throw failure(path, 'it is a directory');
    const { offset = 0, limit = Number.POSITIVE_INFINITY } = options;
    return node?.content.slice(offset, offset + limit);
  }

  async readLink(path: string): Promise<string | undefined> {
    const node = this.#find(path, false);
    return node?.kind === 'symlink' ? node.target : undefined;
  }

  async list(path: string): Promise<readonly string[] | undefined> {
    const real = this.#resolve(path, true);
    if (real === undefined || this.#nodes.get(real)?.kind !== 'directory') return undefined;
    return [...this.#nodes.keys()]
      .filter((name) => name !== '/' && posix.dirname(name) === real)
      .map((name) => posix.basename(name))
      .toSorted();
  }

  async realPath(path: string): Promise<string | undefined> {
    return this.#resolve(path, true);
  }

  async hash(path: string, algorithm: string): Promise<string | undefined> {
    const content = await this.read(path);
    return content === undefined ? undefined : createHash(algorithm).update(content).digest('hex');
  }

  async write(path: string, content: Uint8Array, attributes: Attributes = {}): Promise<void> {
    const place = this.#place(path);
    const before = this.#nodes.get(place);
    if (before?.kind === 'directory') throw failure(path, 'it is a directory');
    const kept = before?.kind === 'file' ? { mode: before.mode, uid: before.uid, gid: before.gid } : {};
    this.#nodes.set(place, this.#node({ ...kept, ...attributes, content: Uint8Array.from(content) }));
  }

  async writeCopy(path: string, source: string, attributes?: Attributes): Promise<void> {
    const content = await this.read(source);
    if (content === undefined) throw failure(source, 'no such file or directory');
    await this.write(path, content, attributes);
  }

  async append(path: string, content: Uint8Array): Promise<void> {
    const real = this.#resolve(path, true) ?? path;
    await this.write(real, Buffer.concat([(await this.read(real)) ?? Buffer.alloc(0), content]));
  }

  async makeDirectory(path: string, attributes: Attributes & { readonly parents?: boolean } = {}): Promise<void> {
    const { parents, ...rest } = attributes;
    const parent = posix.dirname(path);
    if (parents === true && this.#resolve(parent, true) === undefined) await this.makeDirectory(parent, attributes);
    this.#add(path, { mode: 0o755, ...rest, kind: 'directory' });
  }

  #add(path: string, part: Partial<Node>): void {
    const place = this.#place(path);
    if (this.#nodes.has(place)) throw failure(path, 'it exists already');
    this.#nodes.set(place, this.#node(part));
  }

  async makeSymlink(path: string, target: string): Promise<void> {
    this.#add(path, { kind: 'symlink', mode: 0o777, target });
  }

  async makeHardLink(path: string, target: string): Promise<void> {
    const node = this.#find(target, false);
    if (node === undefined) throw failure(target, 'no such file or directory');
    const place = this.#place(path);
    if (this.#nodes.has(place)) throw failure(path, 'it exists already');
    this.#nodes.set(place, node);
  }

  async makeNode(path: string, kind: FileStat['kind']): Promise<void> {
    this.#add(path, { kind });
  }

  async setAttributes(path: string, attributes: Attributes & { readonly follow?: boolean }): Promise<void> {
    const real = this.#resolve(path, attributes.follow === true);
    const node = this.#must(real ?? path);
    if (node.kind !== 'symlink') node.mode = attributes.mode ?? node.mode;
    node.uid = attributes.uid ?? node.uid;
    node.gid = attributes.gid ?? node.gid;
  }

  async setTimes(path: string, times: { readonly accessedAt: number; readonly modifiedAt: number }): Promise<void> {
    Object.assign(this.#must(this.#resolve(path, true) ?? path), times);
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.#resolve(from, false);
    if (source === undefined) throw failure(from, 'no such file or directory');
    const target = this.#place(to);
    for (const path of this.#below(source)) {
      const node = this.#must(path);
      this.#nodes.delete(path);
      this.#nodes.set(target + path.slice(source.length), node);
    }
  }

  async remove(path: string, options?: { readonly recursive?: boolean }): Promise<void> {
    const real = this.#resolve(path, false);
    if (real === undefined) throw failure(path, 'no such file or directory');
    const paths = this.#below(real);
    if (paths.length > 1 && options?.recursive !== true) throw failure(path, 'the directory is not empty');
    for (const one of paths) this.#nodes.delete(one);
  }

  #below(path: string): string[] {
    return [...this.#nodes.keys()].filter((one) => one === path || one.startsWith(`${path}/`));
  }
}

function failure(path: string, reason: string): AppError {
  return new AppError({ code: 'host-file', message: `cannot use ${path}: ${reason}`, details: { path } });
}
