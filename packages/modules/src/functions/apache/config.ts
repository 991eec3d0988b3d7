import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { flag, valueList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { writeText } from '../text-file.ts';

export const config = defineFunction({
  name: 'apache.config',
  summary:
    'Writes a configuration from data and answers it; sections are dictionaries with what they are for in `this`.',
  args: z.object({
    name: safeName('a path').describe('Path of the file.'),
    config: valueList().describe('Directives, each a dictionary of one.'),
    edit: withDefault(flag(), true).describe('Write the file; otherwise only answer.'),
  }),
  examples: [`'*' apache.config /etc/httpd/conf.d/ports.conf config="[{'Listen': '22'}]"`],
  async run({ name, config: entries, edit }, { host }) {
    const parts = entries.map((entry) => {
      const [first] = isDict(entry) ? [...entry] : [];
      if (first === undefined) throw failure('Each part of an Apache configuration is a dictionary of one directive.');
      return write(first[1], pythonStr(first[0]));
    });
    const written = parts.join('\n');
    if (edit) await writeText(host, name, `# This file is managed by Salt.\n${written}`);
    return written;
  },
});

// Line breaks are those of Salt: a section ends with one, and what is within it adds its own.
function write(value: Value, slot: string): string {
  if (isDict(value)) return writeSection(value, slot);
  if (!Array.isArray(value)) return `${slot} ${pythonStr(value)}`;
  const items = value.filter(isDict);
  const own = items.find((item) => item.has('this'));
  if (own === undefined) return value.map((item) => `${write(item, slot)}\n`).join('');
  const inner = items.flatMap((item) => [...item]).filter(([key]) => key !== 'this');
  return frame(slot, pythonStr(own.get('this') ?? ''), inner);
}

function writeSection(section: Dict, slot: string): string {
  const own = section.get('this');
  if (own === undefined)
    throw failure(`Apache section container "<${slot}>" expects attribute. Specify it using key "this".`);
  return frame(
    slot,
    pythonStr(own),
    [...section].filter(([key]) => key !== 'this'),
  );
}

function frame(slot: string, own: string, inner: readonly (readonly [Value, Value])[]): string {
  const lines = inner.map(([key, each]) => `${write(each, pythonStr(key))}\n`);
  return `<${slot} ${own}>\n${lines.join('')}</${slot}>\n`;
}
