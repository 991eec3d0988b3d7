import { renderOutput } from '@brine/common';
import { z } from 'zod';
import { dict, givenValue, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

const marks: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  ' ': '&nbsp;',
  '\n': '<br />',
};

export const htmlFormat = defineFunction({
  name: 'out.html_format',
  summary: 'A value as an outputter writes it, in HTML.',
  args: z.object({
    data: givenValue().describe('The value.'),
    out: withDefault(text(), 'nested').describe('The outputter.'),
    opts: withDefault(dict(), new Map()).describe('Settings laid over the configuration, e.g. `state_output`.'),
  }),
  examples: [`'*' out.html_format '{key: value}' out=yaml`],
  run: ({ data, out, opts }, { options }) =>
    renderOutput(out, data, { settings: new Map([...options, ...opts]), color: false, keepsOrder: true })
      .replace(/\n$/, '')
      .replace(/[&<> \n]/g, (mark) => marks[mark] ?? mark),
});
