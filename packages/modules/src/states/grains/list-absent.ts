import { equalValues, pythonStr, traverse, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, givenValue, isOk, text, willChange, withDefault } from '../../kit/index.ts';
import { applyGrain, underColonName } from '../../providers/grains/set-grain.ts';

/** `grains.list_absent` */
export const listAbsent = defineState({
  name: 'grains.list_absent',
  summary: 'Keeps values out of a grain that is a list.',
  args: z.object({
    name: text().describe('The grain; parts of nested ones are separated by colons.'),
    value: givenValue().describe('A value, or a list of them.'),
    delimiter: withDefault(text(), ':').describe('What separates the parts of the name.'),
  }),
  examples: [
    `roles:
  grains.list_absent:
    - value: db`,
  ],
  check: ({ name: given, value, delimiter }, context) =>
    underColonName({ name: given, delimiter }, async (name) => {
      const existing = traverse(context.grains, name);
      if (existing === undefined || isEmpty(existing)) return isOk(`Grain ${name} does not exist`);
      if (!Array.isArray(existing)) return fails(`Grain ${name} is not a valid list`);
      const unwanted = Array.isArray(value) ? value : [value];
      const has = (one: (typeof unwanted)[number]): boolean => existing.some((other) => equalValues(one, other));
      const present = unwanted.filter(has);
      const say = (words: string): string =>
        unwanted
          .map((one) => `Value ${pythonStr(one)} ${has(one) ? words : `is absent from grain ${name}`}`)
          .join('\n');
      if (present.length === 0) return isOk(say(''));
      const changes = { deleted: present };
      const left = existing.filter((one) => !present.some((other) => equalValues(one, other)));
      return willChange({ comment: say(`in grain ${name} is set to be deleted`), changes }, async () => {
        const failed = await applyGrain(name, left, { force: true, context });
        if (failed !== undefined) return { comment: failed, changes: {}, failed: true };
        return { comment: say(`was deleted from grain ${name}`), changes };
      });
    }),
});

function isEmpty(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || value === false || value === '' || value === 0;
}
