import { pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import { nullableValue, optional, text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

export const manageMode = defineFunction({
  name: 'config.manage_mode',
  summary: 'A file mode as four octal digits.',
  args: z.object({ mode: nullableValue().describe('The mode: digits, or the number they look like.') }),
  examples: ["'*' config.manage_mode 644"],
  run: ({ mode }) => padMode(mode),
});

export const validFileproto = defineFunction({
  name: 'config.valid_fileproto',
  summary: 'Whether an address has a scheme files can be fetched by.',
  args: z.object({ uri: text().describe('The address.') }),
  examples: ["'*' config.valid_fileproto salt://path/to/file"],
  run: ({ uri }) => /^(salt|http|https|ftp|swift|s3|file):/i.test(uri),
});

export const backupMode = defineFunction({
  name: 'config.backup_mode',
  summary: 'How files are backed up: the given way, or the one of the configuration.',
  args: z.object({ backup: optional(text()).describe('The way that was asked for.') }),
  examples: ["'*' config.backup_mode"],
  run: ({ backup }, { call }) =>
    backup === undefined || backup === '' ? call('config.option', ['backup_mode']) : backup,
});

function padMode(mode: Value): Value {
  if (mode === null) return null;
  const digits = pythonStr(mode)
    .replace(/^["']+|["']+$/g, '')
    .replaceAll('0o', '0');
  return digits.replace(/^0+(?=.)/, '').padStart(4, '0');
}
