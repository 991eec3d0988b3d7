import { isAppError, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { flag, oneOf, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

const targetTypes = ['glob', 'pcre', 'list', 'grain', 'grain_pcre', 'pillar', 'pillar_pcre', 'pillar_exact'] as const;
const tgtType = withDefault(oneOf(...targetTypes, 'nodegroup', 'ipcidr', 'compound'), 'glob');

export const get = defineFunction({
  name: 'mine.get',
  summary: 'What minions have put into the mine; an empty dictionary without a master.',
  args: z.object({
    tgt: text().describe('The minions.'),
    fun: textList().describe('The functions whose answers are wanted.'),
    tgt_type: tgtType.describe('How the target is read.'),
    exclude_minion: withDefault(flag(), false).describe('Leave this minion out.'),
  }),
  examples: ["'*' mine.get '*' network.interfaces", "'*' mine.get 'os:Fedora' network.interfaces grain"],
  run: ({ tgt, fun, tgt_type: type, exclude_minion: isExcluded }, context) =>
    ask(context, 'mine.get', {
      tgt,
      fun: fun.length === 1 ? (fun[0] ?? '') : [...fun],
      tgt_type: type,
      exclude_minion: isExcluded,
    }),
});

export const del = defineFunction({
  name: 'mine.delete',
  summary: 'Takes the answer of a function of this minion out of the mine.',
  args: z.object({ fun: text().describe('The function.') }),
  examples: ["'*' mine.delete 'network.interfaces'"],
  run: ({ fun }, context) => ask(context, 'mine.delete', { fun }),
});

export const flush = defineFunction({
  name: 'mine.flush',
  summary: 'Takes all that this minion has put into the mine out of it.',
  args: z.object({}),
  examples: ["'*' mine.flush"],
  run: (_args, context) => ask(context, 'mine.flush', {}),
});

async function ask({ master, log }: FunctionContext, verb: string, members: Record<string, Value>): Promise<Value> {
  if (master === undefined) {
    log.warn('the mine was not asked: there is no master', { verb });
    return new Map();
  }
  try {
    const body: Dict = new Map(Object.entries(members));
    return await master.request(verb, body);
  } catch (error) {
    if (isAppError(error, 'verb-unknown')) throw failure('This master keeps no mine.', error);
    throw error;
  }
}
