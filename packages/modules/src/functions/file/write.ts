import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { argument, integer, optional, text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { readText, writeText } from '../text-file.ts';
import { filePath } from './file-path.ts';

const lines = argument('lines', (value) => (Array.isArray(value) ? value : [value]).map(pythonStr)).describe(
  'The lines, without line ends.',
);

export const write = defineFunction({
  name: 'file.write',
  ignoresOthers: true,
  summary: 'Makes lines the whole content of a file.',
  args: z.object({ path: filePath(), args: lines }),
  variadic: 'args',
  examples: ["'*' file.write /etc/motd 'With all thine offerings thou shalt offer salt.'"],
  async run({ path, args }, { host }) {
    await writeText(host, await expandHome(host, path), asLines(args));
    return `Wrote ${args.length} lines to "${path}"`;
  },
});

export const append = defineFunction({
  name: 'file.append',
  ignoresOthers: true,
  summary: 'Adds lines at the end of a file.',
  args: z.object({ path: filePath(), args: lines }),
  variadic: 'args',
  examples: ["'*' file.append /etc/motd 'With all thine offerings thou shalt offer salt.'"],
  async run({ path, args }, { host }) {
    const expanded = await expandHome(host, path);
    const content = await readText(host, expanded);
    if (content === undefined) throw failure(`No such file or directory: '${path}'`);
    const start = content === '' || content.endsWith('\n') ? '' : '\n';
    await host.files.append(expanded, new TextEncoder().encode(start + asLines(args)));
    return `Wrote ${args.length} lines to "${path}"`;
  },
});

export const prepend = defineFunction({
  name: 'file.prepend',
  ignoresOthers: true,
  summary: 'Adds lines at the start of a file.',
  args: z.object({ path: filePath(), args: lines }),
  variadic: 'args',
  examples: ["'*' file.prepend /etc/motd 'With all thine offerings thou shalt offer salt.'"],
  async run({ path, args }, { host }) {
    const expanded = await expandHome(host, path);
    await writeText(host, expanded, asLines(args) + ((await readText(host, expanded)) ?? ''));
    return `Prepended ${args.length} lines to "${path}"`;
  },
});

export const touch = defineFunction({
  name: 'file.touch',
  summary: 'Sets the times of a file, which is made when missing.',
  args: z.object({
    name: filePath(),
    atime: optional(integer()).describe('Time of access, in seconds since 1970; now unless given.'),
    mtime: optional(integer()).describe('Time of change, in seconds since 1970; now unless given.'),
  }),
  examples: ["'*' file.touch /var/log/emptyfile"],
  async run({ name, atime, mtime }, { host }) {
    const path = await expandHome(host, name);
    if ((await host.files.stat(path, { follow: true })) === undefined) await host.files.write(path, new Uint8Array());
    const now = Date.now();
    await host.files.setTimes(path, {
      accessedAt: atime === undefined ? now : atime * 1000,
      modifiedAt: mtime === undefined ? now : mtime * 1000,
    });
    return true;
  },
});

/** Bytes: files that are written here are held in memory. */
const largestFile = 1024 ** 3;

function place(description: string) {
  return integer()
    .refine((bytes) => bytes >= 0 && bytes <= largestFile, `must be between 0 and ${largestFile}`)
    .describe(description);
}

export const truncate = defineFunction({
  name: 'file.truncate',
  summary: 'Cuts a file to a length.',
  args: z.object({ path: filePath(), length: place('Bytes to keep.') }),
  examples: ["'*' file.truncate /path/to/file 512"],
  async run({ path, length }, { host }) {
    const expanded = await expandHome(host, path);
    const content = await host.files.read(expanded);
    if (content === undefined) throw failure(`No such file or directory: '${path}'`);
    const cut = new Uint8Array(length);
    cut.set(content.subarray(0, length));
    await host.files.write(expanded, cut);
    return null;
  },
});

export const seekWrite = defineFunction({
  name: 'file.seek_write',
  summary: 'Writes text over a part of a file and answers how many bytes.',
  args: z.object({
    path: filePath(),
    data: text().describe('What to write.'),
    offset: place('How many bytes to skip.'),
  }),
  examples: ["'*' file.seek_write /path/to/file 'some data' 4096"],
  async run({ path, data, offset }, { host }) {
    const expanded = await expandHome(host, path);
    const content = await host.files.read(expanded);
    if (content === undefined) throw failure(`No such file or directory: '${path}'`);
    const bytes = new TextEncoder().encode(data);
    const joined = new Uint8Array(Math.max(content.length, offset + bytes.length));
    joined.set(content);
    joined.set(bytes, offset);
    await host.files.write(expanded, joined);
    return bytes.length;
  },
});

function asLines(texts: readonly string[]): string {
  return texts.map((line) => `${line}\n`).join('');
}
