import { isDict, pythonStr, type TargetType } from '@brine/common';
import { z } from 'zod';
import { either, optional, text, textList, valueList, withDefault } from '../../kit/arguments.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { matchCompoundTarget, matches } from './ask.ts';

const minionId = optional(text()).describe('The id to match instead of that of this minion.');
const delimiter = withDefault(text(), ':').describe('What parts the steps of a path.');

export const glob = idMatcher('match.glob', 'glob', 'a pattern of ids');
export const pcre = idMatcher('match.pcre', 'pcre', 'a regular expression of ids');
export const list = idMatcher('match.list', 'list', 'a list of ids');

export const compound = defineFunction({
  name: 'match.compound',
  summary: 'Whether a compound target is for this minion.',
  args: z.object({
    tgt: either(text(), textList()).describe('The target: a text, or a list of words.'),
    minion_id: minionId,
  }),
  examples: ["'*' match.compound 'L@cheese,foo and *'"],
  run: ({ tgt, minion_id: id }, context) => matchCompoundTarget(context, tgt, id),
});

export const grain = pathMatcher('match.grain', 'grain', 'the value of a grain');
export const grainPcre = pathMatcher('match.grain_pcre', 'grain_pcre', 'a regular expression of the value of a grain');
export const pillar = pathMatcher('match.pillar', 'pillar', 'a pillar value');
export const pillarPcre = pathMatcher('match.pillar_pcre', 'pillar_pcre', 'a regular expression of a pillar value');

export const ipcidr = defineFunction({
  name: 'match.ipcidr',
  summary: 'Whether this minion has an address, or one in a network.',
  args: z.object({ tgt: text().describe('Address, or network as `192.168.44.0/24`.') }),
  examples: ["'*' match.ipcidr '192.168.44.0/24'"],
  run: ({ tgt }, context) => matches(context, { type: 'ipcidr', expression: tgt }),
});

export const data = defineFunction({
  name: 'match.data',
  summary: 'Whether a value of the data store of this minion (`data.*`) fits, as `name:glob`.',
  args: z.object({ tgt: text().describe('Path of the value and a pattern for it.') }),
  examples: ["'*' match.data 'spam:eggs'"],
  async run({ tgt }, context) {
    const stored = await context.call('data.load');
    return isDict(stored) && matches({ ...context, grains: stored }, { type: 'grain', expression: tgt });
  },
});

function idMatcher(name: string, type: TargetType, what: string): FunctionDeclaration {
  return defineFunction({
    name,
    summary: `Whether ${what} is for this minion.`,
    args: z.object({ tgt: either(text(), valueList()).describe('The target.'), minion_id: minionId }),
    examples: [`'*' ${name} 'web*'`],
    run: ({ tgt, minion_id: id }, context) =>
      matches(context, { type, expression: Array.isArray(tgt) ? tgt.map(pythonStr).join(',') : tgt, id }),
  });
}

function pathMatcher(name: string, type: TargetType, what: string): FunctionDeclaration {
  return defineFunction({
    name,
    summary: `Whether ${what} matches on this minion.`,
    args: z.object({ tgt: text().describe('Path and value, with colons.'), delimiter }),
    examples: [`'*' ${name} 'os:Ubuntu'`],
    run: ({ tgt, delimiter: mark }, context) => matches(context, { type, expression: tgt, delimiter: mark }),
  });
}
