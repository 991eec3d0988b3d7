import { posix } from 'node:path';
import { compareTexts, matchGlob, type Dict, type Value } from '@brine/common';
import type { TreeDisk } from '../../file-roots/tree-disk.ts';
import type { RenderContext, Renderer, RenderSource } from '../../renderers/renderer.ts';
import { kindBehindLinks } from './kind-behind-links.ts';
import { sourceFault } from './source-fault.ts';

/** How the files of a folder become pillar. */
export interface FileTreeReading {
  readonly disk: TreeDisk;
  readonly renderer: Renderer;
  readonly context: RenderContext;
  /** Whether folders behind symlinks are entered; else they are empty dicts. */
  readonly followsLinks: boolean;
  /** Whether a file keeps its last line break, or the globs of those that do, on the path below the folder. */
  readonly keepsNewline: boolean | readonly string[];
  /** Set when files are rendered, with what they are rendered through. */
  readonly rendering: Pick<RenderSource, 'pipeline' | 'blacklist' | 'whitelist'> | undefined;
}

interface Member {
  readonly path: string;
  /** Path below the folder that is read. */
  readonly below: string;
  /** The real paths of the folders above. */
  readonly above: readonly string[];
}

/** Reads everything below a folder: folders become dicts, files texts, or bytes where they are none. */
export async function readFileTree(top: string, reading: FileTreeReading): Promise<Dict> {
  return readFolder({ path: top, below: '.', above: [] }, reading);
}

async function readFolder({ path, below, above }: Member, reading: FileTreeReading): Promise<Dict> {
  const { disk } = reading;
  const real = (await disk.realPath(path)) ?? path;
  if (above.includes(real)) throw sourceFault(`${path} leads back to ${real}`);
  const names = await disk.list(path);
  if (names === undefined) throw sourceFault(`${path} cannot be read`);
  const pillar: Dict = new Map();
  for (const name of names.toSorted(compareTexts)) {
    const inside = { path: posix.join(path, name), below: posix.join(below, name), above: [...above, real] };
    const value = await readMember(inside, reading);
    if (value !== undefined) pillar.set(name, value);
  }
  return pillar;
}

async function readMember(member: Member, reading: FileTreeReading): Promise<Value | undefined> {
  const { disk, followsLinks } = reading;
  const kind = await kindBehindLinks(member.path, disk);
  if (kind === 'file') return readFile(member, reading);
  const isLink = (await disk.stat(member.path))?.kind === 'symlink';
  if (kind === 'directory') return isLink && !followsLinks ? new Map() : readFolder(member, reading);
  // Sockets and their like count as not there at all; a link that leads nowhere was meant to be something.
  if (isLink) throw sourceFault(`${member.path} leads nowhere`);
  return undefined;
}

async function readFile({ path, below }: Member, reading: FileTreeReading): Promise<Value> {
  const { disk, renderer, context, rendering } = reading;
  const bytes = await disk.read(path);
  if (bytes === undefined) throw sourceFault(`${path} cannot be read`);
  const endsLine = bytes.at(-1) === 0x0a && !keepsNewline(below, reading);
  const content = endsLine ? bytes.subarray(0, -1) : bytes;
  const text = decode(content);
  if (rendering === undefined) return text ?? new Uint8Array(content);
  if (text === undefined) throw sourceFault(`${path} is not UTF-8 text, and cannot be rendered`);
  return (await renderer.render({ file: path, text, saltenv: 'base', ...rendering }, context)).value;
}

function keepsNewline(below: string, { keepsNewline: setting }: FileTreeReading): boolean {
  if (typeof setting === 'boolean') return setting;
  // Salt matches the files of the folder itself by `./NAME`.
  const names = below.includes('/') ? [below] : [below, `./${below}`];
  return setting.some((glob) => names.some((name) => matchGlob(glob, name)));
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
