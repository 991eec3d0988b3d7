import { equalValues, pythonStr, traverse, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, flag, givenValue, isOk, text, willChange, withDefault } from '../../kit/index.ts';
import { applyGrain, underColonName } from '../../providers/grains/set-grain.ts';

/** `grains.append` */
export const append = defineState({
  name: 'grains.append',
  summary: 'Keeps a value in a grain that is there and is a list.',
  args: z.object({
    name: text().describe('The grain; parts of nested ones are separated by colons.'),
    value: givenValue().describe('The value.'),
    convert: withDefault(flag(), false).describe('Whether a grain that is no list becomes one.'),
    delimiter: withDefault(text(), ':').describe('What separates the parts of the name.'),
  }),
  examples: [
    `roles:
  grains.append:
    - value: web`,
  ],
  check: ({ name: given, value, convert, delimiter }, context) =>
    underColonName({ name: given, delimiter }, async (name) => {
      const existing = traverse(context.grains, name);
      if (existing === undefined) return fails(`Grain ${name} does not exist`);
      const isList = Array.isArray(existing);
      if (!isList && !convert) return fails(`Grain ${name} is not a valid list`);
      const list: readonly Value[] = isList ? existing : existing === null ? [] : [existing];
      const shown = pythonStr(value);
      // What a list brings is added one by one, as `grains.append` does.
      const missing = (Array.isArray(value) ? value : [value]).filter(
        (one) => !list.some((other) => equalValues(one, other)),
      );
      if (isList && missing.length === 0) return isOk(`Value ${shown} is already in the list for grain ${name}`);
      const changes = { added: value };
      const comment = isList
        ? `Value ${shown} in grain ${name} is set to be added`
        : `Grain ${name} is set to be converted to list and value ${shown} will be added`;
      return willChange({ comment, changes }, async () => {
        const failed = await applyGrain(name, isList ? [...list, ...missing] : [...list, value], {
          force: true,
          context,
        });
        if (failed !== undefined) return { comment: failed, changes: {}, failed: true };
        return { comment: `Value ${shown} was added to grain ${name}`, changes };
      });
    }),
});
