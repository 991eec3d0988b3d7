import { z } from 'zod';
import { flag, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { compileFlaggedRegex, expandReplacement } from '../../providers/text/python-regex.ts';
import { failure } from '../failure.ts';
import { readText, writeText } from '../text-file.ts';
import { filePath } from './file-path.ts';

const known = /^[gILMSUX]*$/;

export const psed = defineFunction({
  name: 'file.psed',
  summary: 'Replaces text in a file without sed; file.replace does more.',
  args: z.object({
    path: filePath(),
    before: text().describe('The expression.'),
    after: text().describe('What it is replaced with.'),
    limit: withDefault(text(), '').describe(
      'Only what comes after the first match of this text; what is before it goes.',
    ),
    backup: withDefault(text(), '.bak').describe('Ending of the name of the copy; it may not be empty.'),
    flags: withDefault(text(), 'gMS').describe('`g` for all matches, `I`, `L`, `M`, `S`, `U` and `X` as in Python.'),
    escape_all: withDefault(flag(), false).describe('Whether characters of expressions stand for themselves.'),
    multi: withDefault(flag(), false).describe('Accepted for Salt, where it damages the file.'),
  }),
  examples: ["'*' file.psed /etc/httpd/httpd.conf 'LogLevel warn' 'LogLevel info'"],
  async run({ path: given, before, after, limit, backup, flags, escape_all: all }, { host }) {
    if (!known.test(flags)) throw failure(`${flags} has flags that are none of gILMSUX`);
    if (backup === '' || /[/\n\0]/.test(backup)) throw failure(`'${backup}' is no ending of a name for the copy`);
    const path = await expandHome(host, given);
    const content = await readText(host, path);
    if (content === undefined) throw failure(`[Errno 2] No such file or directory: '${path}'`);
    await host.files.writeCopy(`${path}${backup}`, path);
    const part = limit === '' ? content : content.split(escapeSlashes(limit, all)).slice(1).join('');
    const pattern = compileFlaggedRegex(escapeSlashes(before, all), {
      ignoreCase: flags.includes('I'),
      multiline: flags.includes('M'),
      dotAll: flags.includes('S'),
      verbose: flags.includes('X'),
    });
    await writeText(host, path, substitute(part, pattern, { after, isGlobal: flags.includes('g') }));
    return null;
  },
});

interface Replacing {
  readonly after: string;
  readonly isGlobal: boolean;
}

function substitute(content: string, pattern: RegExp, { after, isGlobal }: Replacing): string {
  const matches = [...content.matchAll(pattern)].slice(0, isGlobal ? undefined : 1);
  let end = 0;
  const pieces = matches.map((match) => {
    const between = content.slice(end, match.index);
    end = match.index + match[0].length;
    return `${between}${expandReplacement(after, match)}`;
  });
  return `${pieces.join('')}${content.slice(end)}`;
}

function escapeSlashes(expression: string, all: boolean): string {
  const escaped = expression.replaceAll("'", "'\"'\"'").replaceAll('/', '\\/');
  return all ? escaped.replace(/[{}()[\]|*+?.^$]/g, '\\$&') : escaped;
}
