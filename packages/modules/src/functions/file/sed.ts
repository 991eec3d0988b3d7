import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { expandHome, isDirectory } from '../../providers/files/paths.ts';
import { runProgram } from '../run-program.ts';
import { splitWords } from '../split-words.ts';
import { filePath } from './file-path.ts';

const limit = withDefault(text(), '').describe('Only lines that this expression fits.');

export const sed = defineFunction({
  name: 'file.sed',
  summary: 'Replaces text in a file through sed; file.replace does more.',
  args: z.object({
    path: filePath(),
    before: text().describe('The expression.'),
    after: text().describe('What it is replaced with.'),
    limit,
    backup: withDefault(text(), '.bak').describe('Ending of the name of a copy; empty for none.'),
    options: withDefault(text(), '-r -e').describe('Options of sed.'),
    flags: withDefault(text(), 'g').describe('Flags of the expression.'),
    escape_all: withDefault(flag(), false).describe('Whether characters of expressions stand for themselves.'),
    negate_match: withDefault(flag(), false).describe('Whether the limit is for the lines it does not fit.'),
  }),
  examples: [`'*' file.sed /etc/httpd/httpd.conf 'LogLevel warn' 'LogLevel info'`],
  async run({ path: given, backup, options, flags, escape_all: all, negate_match: negates, ...args }, context) {
    const path = await expandHome(context.host, given);
    if ((await context.host.files.stat(path, { follow: true })) === undefined) return false;
    const script = `${addressOf(args.limit, all)}${negates ? '!' : ''}s/${escape(args.before, all)}/${escape(args.after, all)}/${flags}`;
    return runAll(['sed', `-i${backup}`, ...splitWords(options), script, path], context);
  },
});

export const sedContains = defineFunction({
  name: 'file.sed_contains',
  summary: 'Whether a file has text that an expression of sed fits.',
  args: z.object({
    path: filePath(),
    text: text().describe('The expression.'),
    limit,
    flags: withDefault(text(), 'g').describe('Flags of the expression.'),
  }),
  examples: [`'*' file.sed_contains /etc/crontab 'mymaintenance.sh'`],
  async run({ path: given, flags, ...args }, context) {
    const path = await expandHome(context.host, given);
    if ((await context.host.files.stat(path, { follow: true })) === undefined) return false;
    const script = `${addressOf(args.limit, false)}s/${escape(args.text, false)}/$/p${flags}`;
    return (await runProgram(context, ['sed', '-n', '-r', '-e', script, path])).stdout.trim() !== '';
  },
});

export const patch = defineFunction({
  name: 'file.patch',
  summary: 'Applies a patch to a file or folder.',
  args: z.object({
    originalfile: filePath(),
    patchfile: text().describe('Path of the patch.'),
    options: withDefault(text(), '').describe('Options of patch.'),
    dry_run: withDefault(flag(), false).describe('Whether it only says what it would do.'),
  }),
  examples: ["'*' file.patch /opt/file.txt /tmp/file.txt.patch"],
  async run({ originalfile, patchfile, options, dry_run: isDry }, context) {
    const given = splitWords(options);
    const isFolder = await isDirectory(context.host, originalfile);
    const has = (pattern: RegExp): boolean => given.some((word) => pattern.test(word));
    const words = [
      ...given,
      ...(isDry ? ['--dry-run'] : []),
      ...(has(/^(-N|--forward)$/) ? [] : ['--forward']),
      ...(has(/^(-r|--reject-file)/) ? [] : ['--reject-file=-']),
      ...['-i', patchfile],
      ...(isFolder ? ['-d', originalfile, ...(has(/^(-p|--strip=)/) ? [] : ['--strip=0'])] : [originalfile]),
    ];
    return runAll(['patch', ...words], context);
  },
});

function escape(expression: string, all: boolean): string {
  const slashes = expression.replaceAll('/', '\\/');
  return all ? slashes.replace(/[{}()[\]|*+?.^$]/g, '\\$&') : slashes;
}

function addressOf(expression: string, all: boolean): string {
  return expression === '' ? '' : `/${escape(expression, all)}/ `;
}

async function runAll(command: readonly string[], context: FunctionContext): Promise<Plain> {
  const { pid, exitCode, stdout, stderr } = await runProgram(context, command);
  if (exitCode !== 0) context.setRetcode(exitCode);
  return { pid, retcode: exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}
