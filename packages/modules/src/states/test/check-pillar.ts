import { isDict, isInteger, traverse, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, flag, isOk, optional, text, textList, withDefault } from '../../kit/index.ts';
import { watchFired } from '../../providers/test-outcomes.ts';

type Kind = 'present' | 'boolean' | 'integer' | 'string' | 'listing' | 'dictionary';

interface Check {
  /** How a wrong type is named, as Salt names it. */
  readonly title: string;
  fits(value: Value): boolean;
}

const checks: Readonly<Record<Kind, Check>> = {
  present: { title: 'None', fits: () => true },
  boolean: { title: "<class 'bool'>", fits: (value) => typeof value === 'boolean' },
  integer: { title: "<class 'int'>", fits: (value) => isInteger(value) || typeof value === 'boolean' },
  string: { title: "(<class 'str'>,)", fits: (value) => typeof value === 'string' },
  listing: { title: "<class 'list'>", fits: (value) => Array.isArray(value) },
  dictionary: { title: "<class 'dict'>", fits: isDict },
};
const kinds = Object.keys(checks) as Kind[];

/** `test.check_pillar` */
export const checkPillar = defineState({
  name: 'test.check_pillar',
  summary: 'Fails unless pillar keys exist and have the types described.',
  args: z.object({
    name: text().describe('Any name.'),
    present: optional(textList()).describe('Keys that must exist.'),
    boolean: optional(textList()).describe('Keys that must be booleans.'),
    integer: optional(textList()).describe('Keys that must be whole numbers.'),
    string: optional(textList()).describe('Keys that must be texts.'),
    listing: optional(textList()).describe('Keys that must be lists.'),
    dictionary: optional(textList()).describe('Keys that must be dicts.'),
    verbose: withDefault(flag(), false).describe('Whether the keys that are right are listed too.'),
  }),
  examples: [
    `settings are complete:
  test.check_pillar:
    - present: id
    - verbose: true`,
  ],
  async check(args, { pillar }) {
    if (kinds.every((kind) => args[kind] === undefined)) return fails('Missing required argument text.');
    const wrong: string[] = [];
    const right: string[] = [];
    for (const kind of kinds) {
      for (const key of args[kind] ?? []) {
        const value = traverse(pillar, key) ?? null;
        if (value === null) wrong.push(`Pillar key "${key}" is missing.\n`);
        else if (!checks[kind].fits(value)) wrong.push(`Pillar key "${key}" is not ${checks[kind].title}.\n`);
        else right.push(`- ${key} (${checks[kind].title})\n`);
      }
    }
    const list = args.verbose && right.length > 0 ? `Those keys passed the check:\n${right.join('')}` : '';
    return (wrong.length > 0 ? fails : isOk)(wrong.join('') + list);
  },
  onWatch: watchFired,
});
