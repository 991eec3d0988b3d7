import { matchGlob } from '@brine/common';
import { z } from 'zod';
import { flag, integer, text, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { ReadHost } from '../../kit/host.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { compileFlaggedRegex } from '../../providers/text/python-regex.ts';
import { splitLines } from '../../providers/text/unified-diff.ts';
import { failure } from '../failure.ts';
import { splitWords } from '../split-words.ts';
import { readText } from '../text-file.ts';
import { filePath } from './file-path.ts';
import { globPaths } from './glob-paths.ts';

export const read = defineFunction({
  name: 'file.read',
  summary: 'The text of a file.',
  args: z.object({
    path: filePath(),
    binary: withDefault(flag(), false).describe('Answer the bytes instead of text.'),
  }),
  examples: ["'*' file.read /path/to/file"],
  async run({ path, binary }, { host }) {
    const content = await host.files.read(await expandHome(host, path));
    if (content === undefined) throw failure(`No such file or directory: '${path}'`);
    return binary ? content : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
  },
});

export const seekRead = defineFunction({
  name: 'file.seek_read',
  summary: 'Some bytes of a file.',
  args: z.object({
    path: filePath(),
    size: integer().describe('How many bytes.'),
    offset: integer().describe('How many bytes to skip.'),
  }),
  examples: ["'*' file.seek_read /path/to/file 4096 0"],
  async run({ path, size, offset }, { host }) {
    const content = await host.files.read(await expandHome(host, path), { limit: offset + size });
    if (content === undefined) throw failure(`No such file or directory: '${path}'`);
    return content.slice(offset, offset + size);
  },
});

export const contains = defineFunction({
  name: 'file.contains',
  summary: 'Whether a file contains a text.',
  args: z.object({ path: filePath(), text: text().describe('The text, blanks at its ends aside.') }),
  examples: ["'*' file.contains /etc/crontab 'mymaintenance.sh'"],
  run: async ({ path, text: wanted }, { host }) => (await textOrNone(host, path)).includes(wanted.trim()),
});

export const containsRegex = defineFunction({
  name: 'file.contains_regex',
  summary: 'Whether a line of a file matches a regular expression.',
  args: z.object({
    path: filePath(),
    regex: text().describe('The expression.'),
    lchar: withDefault(text(), '').describe('Characters taken off the start of each line first.'),
  }),
  examples: ["'*' file.contains_regex /etc/crontab '^mymaintenance'"],
  async run({ path, regex, lchar }, { host }) {
    const compiled = compileFlaggedRegex(regex);
    const lines = splitLines(await textOrNone(host, path));
    return lines.some((line) => stripStart(line, lchar).search(compiled) >= 0);
  },
});

export const containsGlob = defineFunction({
  name: 'file.contains_glob',
  summary: 'Whether a pattern covers the whole content of a file.',
  args: z.object({ path: filePath(), glob_expr: text().describe('The pattern.') }),
  examples: ["'*' file.contains_glob /etc/foobar '*cheese*'"],
  async run({ path, glob_expr: pattern }, { host }) {
    const content = await textOrNone(host, path);
    return content !== '' && matchGlob(pattern, content);
  },
});

export const grep = defineFunction({
  name: 'file.grep',
  summary: 'Runs grep over a file, or over the files a pattern stands for.',
  args: z.object({
    path: filePath(),
    pattern: text().describe('What to look for.'),
    opts: textList().describe('Options of grep, each by itself.'),
  }),
  variadic: 'opts',
  examples: ["'*' file.grep /etc/passwd nobody", "'*' file.grep /etc/sysconfig/network-scripts/ifcfg-eth0 ipaddr -i"],
  async run({ path, pattern, opts }, { host, setRetcode, signal }) {
    const expanded = await expandHome(host, path);
    const found = await globPaths(host, expanded);
    const options = opts.map((option) => onlyWord(option));
    const command = ['grep', ...options, '-e', pattern, '--', ...(found.length === 0 ? [expanded] : found)];
    const { pid, exitCode, stdout, stderr } = await host.inspect({ command, signal });
    setRetcode(exitCode);
    return { pid, retcode: exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
  },
});

async function textOrNone(host: ReadHost, path: string): Promise<string> {
  const expanded = await expandHome(host, path);
  const isFile = (await host.files.stat(expanded, { follow: true }))?.kind === 'file';
  return isFile ? ((await readText(host, expanded)) ?? '') : '';
}

function stripStart(line: string, characters: string): string {
  let start = 0;
  while (start < line.length && characters.includes(line[start] ?? '')) start += 1;
  return line.slice(start);
}

function onlyWord(option: string): string {
  const [word, ...rest] = splitWords(option);
  if (word !== undefined && rest.length === 0) return word;
  throw failure(`Pass each option of grep as an argument of its own, not '${option}'.`);
}
