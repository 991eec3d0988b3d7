import { AppError, pythonStr, type Dict, type Value } from '@brine/common';
import { diffTexts } from '@brine/modules';
import { anyValue } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner, type RunnerContext } from './define-runner.ts';
import { runOnMinions } from './run-on-minions.ts';

const call = {
  args: z.object({ args: anyValue(), kwargs: anyValue() }),
  variadic: 'args',
  keywords: 'kwargs',
};

/** `survey.hash` */
export const surveyHash = defineRunner({
  ...call,
  name: 'survey.hash',
  summary: 'Runs a function and puts minions together that answer the same; the largest pool first.',
  examples: ["survey.hash '*' file.get_hash /etc/hosts", "survey.hash '*' test.version survey_sort=up"],
  run: async ({ args, kwargs }, context) => survey(args, kwargs, context),
});

/** `survey.diff` */
export const surveyDiff = defineRunner({
  ...call,
  name: 'survey.diff',
  summary: 'Like `survey.hash`, and how each further pool differs from the first, as a unified diff.',
  examples: ["survey.diff '*' cp.get_file_str file:///etc/hosts"],
  async run({ args, kwargs }, context) {
    const pools = await survey(args, kwargs, context);
    const [first, ...others] = pools;
    if (first === undefined) return [];
    return [first, ...others.map((pool) => ({ ...pool, diff: diffTexts(`${first.result}\n`, `${pool.result}\n`) }))];
  },
});

type Pool = {
  readonly pool: string[];
  readonly result: string;
};

async function survey(args: Value, kwargs: Value, context: RunnerContext): Promise<readonly Pool[]> {
  const [tgt, fun, ...positional] = args as Value[];
  if (tgt === undefined || fun === undefined) {
    throw new AppError({ code: 'runner-arguments', message: 'a survey needs a target and a function' });
  }
  const keyword: Dict = new Map(kwargs as Dict);
  const isUp = keyword.get('survey_sort') === 'up';
  const type = keyword.get('tgt_type') === 'pcre' ? 'pcre' : 'compound';
  for (const key of ['survey_sort', 'tgt_type']) keyword.delete(key);
  const target = { type, expression: pythonStr(tgt) } as const;
  const answers = await runOnMinions({ target, fun: pythonStr(fun), positional, keyword }, context);
  const pools = new Map<string, Pool>();
  for (const [minion, { value }] of [...answers].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const result = pythonStr(value);
    const pool = pools.get(result) ?? { pool: [], result };
    pool.pool.push(minion);
    pools.set(result, pool);
  }
  const order = isUp ? 1 : -1;
  return [...pools.values()].toSorted((a, b) => order * (a.pool.length - b.pool.length));
}
