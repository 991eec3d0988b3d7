import type { Plain } from '@brine/common';
import { z } from 'zod';
import { text, textList, withDefault } from '../../kit/arguments.ts';
import { matchGlob } from '@brine/common';
import { defineFunction } from '../../kit/define-function.ts';
import { isMeant } from './documentation.ts';
import { renderers } from './listing.ts';

export const rendererDoc = defineFunction({
  name: 'sys.renderer_doc',
  summary: 'The documentation of renderers.',
  args: z.object({ args: textList().describe('Names or patterns; all when none is given.') }),
  variadic: 'args',
  examples: ["'*' sys.renderer_doc", "'*' sys.renderer_doc jinja", "'*' sys.renderer_doc 'j*' yaml"],
  run: ({ args }) =>
    Object.fromEntries(
      Object.entries(renderers).filter(([name]) => args.length === 0 || args.some((one) => matchGlob(one, name))),
    ),
});

export const stateSchema = defineFunction({
  name: 'sys.state_schema',
  summary: 'A JSON Schema of the arguments of each state.',
  args: z.object({ module: withDefault(text(), '').describe('A module, a state function, or a pattern.') }),
  examples: ["'*' sys.state_schema", "'*' sys.state_schema pkg.installed"],
  async run({ module }, { catalogue }): Promise<Plain> {
    const chosen = catalogue.stateNames().filter((name) => module === '' || isMeant(name, module));
    const described = await Promise.all(chosen.map((name) => catalogue.describeState(name)));
    return described.flatMap((state): Plain[] => {
      if (state === undefined) return [];
      const rows = state.arguments.map(({ name, description, required, default: usual }): [string, Plain] => [
        name,
        { title: name, description, ...(required || usual === undefined ? {} : { default: usual as Plain }) },
      ]);
      const required = state.arguments.filter((one) => one.required).map(({ name }) => name);
      return [
        {
          $schema: 'http://json-schema.org/draft-04/schema#',
          title: state.name,
          description: state.summary,
          type: 'object',
          properties: Object.fromEntries(rows),
          ...(required.length === 0 ? {} : { required }),
          'x-ordering': rows.map(([name]) => name),
          additionalProperties: false,
        },
      ];
    });
  },
});
