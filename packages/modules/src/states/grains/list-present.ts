import { equalValues, isDict, pythonStr, traverse, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, givenValue, isOk, text, willChange, withDefault } from '../../kit/index.ts';
import { applyGrain, setNested, underColonName } from '../../providers/grains/set-grain.ts';

/** `grains.list_present` */
export const listPresent = defineState({
  name: 'grains.list_present',
  summary: 'Keeps values in a grain that is a list.',
  args: z.object({
    name: text().describe('The grain; parts of nested ones are separated by colons.'),
    value: givenValue().describe('A value, or a list of them.'),
    delimiter: withDefault(text(), ':').describe('What separates the parts of the name.'),
  }),
  examples: [
    `roles:
  grains.list_present:
    - value: web`,
  ],
  check: ({ name: given, value, delimiter }, context) =>
    underColonName({ name: given, delimiter }, async (name) => {
      const existing = traverse(context.grains, name);
      if (existing !== undefined && existing !== null && !Array.isArray(existing))
        return fails(`Grain ${name} is not a valid list`);
      const list: readonly Value[] = Array.isArray(existing) ? existing : [];
      const wanted = Array.isArray(value) ? value : [value];
      const missing = wanted.filter((one) => !list.some((other) => equalValues(one, other)));
      if (existing !== undefined && missing.length === 0)
        return isOk(`Value ${pythonStr(value)} is already in grain ${name}`);
      const all = [...list, ...missing];
      const changes = { new: appended(context.grains, name, all) };
      const comment =
        list.length === 0
          ? `Grain ${name} is set to be added`
          : `Value ${pythonStr(value)} is set to be appended to grain ${name}`;
      return willChange({ comment, changes }, async () => {
        const failed = await applyGrain(name, all, { force: true, context });
        if (failed !== undefined) return { comment: failed, changes: {}, failed: true };
        return { comment: `Append value ${pythonStr(value)} to grain ${name}`, changes };
      });
    }),
});

/** As `grains.append` answers: the topmost key with all that is below it then. */
function appended(grains: Dict, name: string, list: readonly Value[]): Value {
  const [first = name, ...rest] = name.split(':');
  const top = grains.get(first);
  const copy: Dict = new Map([[first, isDict(top) ? structuredClone(top) : (top ?? null)]]);
  setNested(copy, [first, ...rest], [...list]);
  return copy;
}
