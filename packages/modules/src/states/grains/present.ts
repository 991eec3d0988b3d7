import { equalValues, isDict, pythonStr, traverse, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, flag, givenValue, isOk, text, willChange, withDefault } from '../../kit/index.ts';
import { applyGrain, showGrain, underColonName } from '../../providers/grains/set-grain.ts';

/** `grains.present` */
export const present = defineState({
  name: 'grains.present',
  summary: 'Keeps a grain of the minion at a value.',
  args: z.object({
    name: text().describe('The grain; parts of nested ones are separated by colons.'),
    value: givenValue().describe('Its value.'),
    delimiter: withDefault(text(), ':').describe('What separates the parts of the name.'),
    force: withDefault(flag(), false).describe('Whether a dict or list may be replaced by something else.'),
  }),
  examples: [
    `roles:
  grains.present:
    - value: [web, cache]`,
  ],
  check: ({ name: given, value, delimiter, force }, context) =>
    underColonName({ name: given, delimiter }, async (name) => {
      const existing = traverse(context.grains, name);
      if (existing !== undefined && equalValues(existing, value)) return isOk('Grain is already set');
      const refusal = force ? undefined : refuseReplacement(name, existing, value);
      if (refusal !== undefined) return fails(refusal);
      const pending =
        existing === undefined
          ? { comment: `Grain ${name} is set to be added`, changes: { new: name } }
          : { comment: `Grain ${name} is set to be changed`, changes: { changed: { [name]: value } } };
      return willChange(pending, async () => {
        const failed = await applyGrain(name, value, { force, context });
        if (failed !== undefined) return { comment: failed, changes: {}, failed: true };
        return { comment: `Set grain ${name} to ${pythonStr(value)}`, changes: showGrain(context.grains, name, value) };
      });
    }),
});

function refuseReplacement(name: string, existing: Value | undefined, value: Value): string | undefined {
  const isComplex = (one: Value | Dict): boolean => isDict(one) || Array.isArray(one);
  if (existing === undefined) return undefined;
  if (isComplex(existing)) return `The key '${name}' exists but is a dict or a list. Use 'force=True' to overwrite.`;
  return isComplex(value)
    ? `The key '${name}' exists and the given value is a dict or a list. Use 'force=True' to overwrite.`
    : undefined;
}
