import { renderOutput } from '@brine/common';
import { z } from 'zod';
import { dict, givenValue, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

const shared = {
  data: givenValue().describe('The value.'),
  out: withDefault(text(), 'nested').describe('The outputter.'),
  opts: withDefault(dict(), new Map()).describe('Settings laid over the configuration, e.g. `state_output`.'),
};

export const stringFormat = defineFunction({
  name: 'out.string_format',
  summary: 'A value as an outputter writes it, without colours.',
  args: z.object(shared),
  examples: [`'*' out.string_format '{key: value}' out=yaml`],
  run: ({ data, out, opts }, { options }) =>
    renderOutput(out, data, { settings: new Map([...options, ...opts]), color: false, keepsOrder: true }),
});

export const outFormat = defineFunction({
  name: 'out.out_format',
  summary: 'A value as an outputter writes it, with colours unless the configuration says otherwise.',
  args: z.object(shared),
  examples: [`'*' out.out_format '{key: value}'`],
  run({ data, out, opts }, { options }) {
    const settings = new Map([...options, ...opts]);
    return renderOutput(out, data, { settings, color: settings.get('color') !== false, keepsOrder: true });
  },
});
