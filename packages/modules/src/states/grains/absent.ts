import { isDict, pythonStr, traverse, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, flag, isOk, text, willChange, withDefault } from '../../kit/index.ts';
import { applyGrain, underColonName } from '../../providers/grains/set-grain.ts';

/** `grains.absent` */
export const absent = defineState({
  name: 'grains.absent',
  summary: 'Keeps a grain of the minion without a value, or away.',
  args: z.object({
    name: text().describe('The grain; parts of nested ones are separated by colons.'),
    destructive: withDefault(flag(), false).describe('Whether the key goes too.'),
    delimiter: withDefault(text(), ':').describe('What separates the parts of the name.'),
    force: withDefault(flag(), false).describe('Whether a dict or list may be removed.'),
  }),
  examples: [
    `old_role:
  grains.absent:
    - destructive: true`,
  ],
  check: ({ name: given, destructive, delimiter, force }, context) =>
    underColonName({ name: given, delimiter }, async (name) => {
      const existing = traverse(context.grains, name);
      if (existing === undefined) return isOk(`Grain ${name} does not exist`);
      if (existing === null && !destructive) return isOk(`Value for grain ${name} is already set to None`);
      if (!force && (isDict(existing) || Array.isArray(existing)))
        return fails(`The key '${name}' exists but is a dict or a list. Use 'force=True' to overwrite.`);
      if (!destructive) {
        const changes = { grain: name, value: null };
        return willChange({ comment: `Value for grain ${name} is set to be deleted (None)`, changes }, async () => {
          const failed = await applyGrain(name, null, { force, context });
          if (failed !== undefined) return { comment: failed, changes: {}, failed: true };
          return { comment: `Value for grain ${name} was set to None`, changes };
        });
      }
      return willChange({ comment: `Grain ${name} is set to be deleted`, changes: { deleted: name } }, async () => {
        await context.call('grains.delkey', [name], new Map<Value, Value>([['force', force]]));
        const parts = name.split(':');
        const parent = parts.length === 1 ? context.grains : traverse(context.grains, parts.slice(0, -1).join(':'));
        if (isDict(parent ?? null)) (parent as Map<Value, Value>).delete(parts.at(-1) ?? '');
        return { comment: `Grain ${name} was deleted`, changes: { deleted: pythonStr(name) } };
      });
    }),
});
