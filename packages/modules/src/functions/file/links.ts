import { posix } from 'node:path';
import { z } from 'zod';
import { flag, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { absolutePath, filePath } from './file-path.ts';

export const symlink = defineFunction({
  name: 'file.symlink',
  summary: 'Makes a symbolic link.',
  args: z.object({
    src: text().describe('What the link points to.'),
    path: filePath().describe('Path of the link.'),
    force: withDefault(flag(), false).describe('Replace what is in the way.'),
    atomic: withDefault(flag(), false).describe('Replace what is in the way without a moment between.'),
  }),
  examples: ["'*' file.symlink /path/to/file /path/to/link"],
  async run({ src, path, force, atomic }, { host }) {
    const link = await absolutePath(host, path, 'Link path');
    const existing = await host.files.stat(link);
    if (existing === undefined) {
      await host.files.makeSymlink(link, src);
      return true;
    }
    if (
      existing.kind === 'symlink' &&
      posix.normalize((await host.files.readLink(link)) ?? '') === posix.normalize(src)
    ) {
      return true;
    }
    if (!force && !atomic) {
      const what = existing.kind === 'symlink' ? 'Found existing symlink' : 'Existing path is not a symlink';
      throw failure(`${what}: ${path}`);
    }
    const beside = `${link}.${process.pid}.brine`;
    await host.files.makeSymlink(beside, src);
    if (existing.kind === 'directory') await host.files.remove(link, { recursive: true });
    await host.files.rename(beside, link);
    return true;
  },
});

export const link = defineFunction({
  name: 'file.link',
  summary: 'Makes a hard link.',
  args: z.object({ src: filePath().describe('The file there is.'), path: filePath().describe('Its new name.') }),
  examples: ["'*' file.link /path/to/file /path/to/link"],
  async run({ src, path }, { host }) {
    const from = await absolutePath(host, src);
    try {
      await host.files.makeHardLink(await expandHome(host, path), from);
    } catch (error) {
      throw failure(`Could not create '${path}': ${error instanceof Error ? error.message : String(error)}`, error);
    }
    return true;
  },
});

export const readlink = defineFunction({
  name: 'file.readlink',
  summary: 'What a symbolic link points to.',
  args: z.object({
    path: filePath().describe('Path of the link.'),
    canonicalize: withDefault(flag(), false).describe('Follow all links to the end.'),
  }),
  examples: ["'*' file.readlink /path/to/link"],
  async run({ path, canonicalize }, { host }) {
    const expanded = await absolutePath(host, path, 'Path to link');
    if ((await host.files.stat(expanded))?.kind !== 'symlink') throw failure(`A valid link was not specified: ${path}`);
    const target = (await host.files.readLink(expanded)) ?? expanded;
    if (!canonicalize) return target;
    return (await host.files.realPath(expanded)) ?? posix.resolve(posix.dirname(expanded), target);
  },
});
