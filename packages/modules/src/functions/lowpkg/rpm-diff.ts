import { pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { absolutePath, textList } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';
import { requireRpm } from './rpm.ts';

export const diff = defineFunction({
  name: 'lowpkg.diff',
  summary: 'What differs between a file and what a package file (rpm) has of it; empty when nothing does.',
  args: z.object({
    package_path: absolutePath().describe('The package file.'),
    path: absolutePath().describe('The file.'),
  }),
  examples: ["'*' lowpkg.diff /path/to/apache2.rpm /etc/apache2/httpd.conf"],
  async run({ package_path: file, path }, context): Promise<Plain> {
    await requireRpm(context, 'lowpkg.diff');
    return compare(file, path, context);
  },
});

// Where Salt puts them.
const downloads = '/var/cache/yum/packages';

export const pkgDiff = defineFunction({
  name: 'pkg.diff',
  ignoresOthers: true,
  summary: 'What differs between files and what the packages brought, which are downloaded for it, on dnf and yum.',
  args: z.object({
    paths: textList()
      .refine((given) => given.every((path) => path.startsWith('/') && !path.includes('\0')), 'must be absolute paths')
      .describe('Paths.'),
  }),
  variadic: 'paths',
  examples: ["'*' pkg.diff /etc/apache2/httpd.conf /etc/sudoers"],
  async run({ paths }, context): Promise<Plain> {
    const manager = await requireRpm(context, 'pkg.diff');
    const program = manager.name;
    if (program === 'zypper') throw failure('pkg.diff is for dnf and yum.');
    const rows: [string, Plain][] = [];
    for (const path of paths) {
      const name = await manager.owner(context.host, path);
      const isThere = (await context.host.files.stat(path)) !== undefined;
      if (name === '') rows.push([path, isThere ? 'Not managed' : 'N/A']);
      else rows.push([path, (await compare(await download(program, name, context), path, context)) || 'Unchanged']);
    }
    return Object.fromEntries(rows);
  },
});

async function download(program: string, name: string, context: FunctionContext): Promise<string> {
  const folder = `${downloads}/${name}`;
  await context.host.files.remove(folder, { recursive: true });
  await context.host.files.makeDirectory(folder, { parents: true });
  const command = program === 'yum' ? ['yumdownloader', '-q', `--destdir=${folder}`] : dnfDownload(folder);
  const result = await runProgram(context, [...command, name], { timeout: 3_600_000 });
  const [file] = ((await context.host.files.list(folder)) ?? []).filter((one) => one.endsWith('.rpm'));
  if (result.exitCode !== 0 || file === undefined)
    throw failure(`The package ${name} could not be downloaded: ${complaint(result)}`);
  return `${folder}/${file}`;
}

function dnfDownload(folder: string): readonly string[] {
  return ['dnf', '-q', 'download', `--destdir=${folder}`];
}

/** A file of a package is bytes, which only a pipe hands on as they are. */
async function compare(file: string, path: string, { call }: FunctionContext): Promise<string> {
  const unpack = `rpm2cpio ${quoted(file)} | cpio -i --quiet --to-stdout ${quoted(`.${path}`)}`;
  const labels = `--label ${quoted(`A ${path}`)} --from-file=- --label ${quoted(`B ${path}`)}`;
  const line = `${unpack} | diff -u ${labels} ${quoted(path)}`;
  const keyword = new Map([['ignore_retcode', true]]);
  const said = pythonStr(await call('cmd.shell', [line], keyword));
  return said.startsWith('Binary file') ? `File '${path}' is binary and its content has been modified.` : said;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
