import { traverse } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, isOk, text, withDefault } from '../../kit/index.ts';
import { underColonName } from '../../providers/grains/set-grain.ts';

/** `grains.exists` */
export const exists = defineState({
  name: 'grains.exists',
  summary: 'Fails unless there is a grain.',
  args: z.object({
    name: text().describe('The grain; parts of nested ones are separated by colons.'),
    delimiter: withDefault(text(), ':').describe('What separates the parts of the name.'),
  }),
  examples: [
    `roles:
  grains.exists: []`,
  ],
  check: (written, { grains }) =>
    underColonName(written, async (name) =>
      traverse(grains, name) === undefined ? fails('Grain does not exist') : isOk('Grain exists'),
    ),
});
