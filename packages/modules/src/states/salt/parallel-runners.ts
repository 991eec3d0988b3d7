import { isDict, pythonStr, type Applied, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, either, dict, fails, text, willChange } from '../../kit/index.ts';
import type { MasterFunctionAnswer, OrchestrationPort } from '../../kit/orchestration.ts';
import { notHere } from '../../providers/orchestration/not-here.ts';
import { extractChanges, isHighstateAnswer } from '../../providers/orchestration/nested-changes.ts';

/** `salt.parallel_runners` */
export const parallelRunners = defineState({
  name: 'salt.parallel_runners',
  summary: 'Runs several runners on the master at the same time and waits for all of them.',
  args: z.object({
    name: text().describe('Any name.'),
    runners: either(dict(), text()).describe('Id → `name` of the runner and its arguments, `kwarg`; or one name.'),
  }),
  examples: [
    `both tiers:
  salt.parallel_runners:
    - runners:
        databases:
          - name: state.orchestrate
          - kwarg: {mods: orch.databases}
        caches:
          - name: state.orchestrate
          - kwarg: {mods: orch.caches}`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'running the runners is all it does',
  async check({ runners }, { orchestration }) {
    if (orchestration === undefined) return notHere();
    const calls = readRunners(runners);
    if (typeof calls === 'string') return fails(calls);
    const names = calls.map(({ fun }) => `'${fun}'`).join(', ');
    const pending = { comment: `Runner functions ${names} would be executed.`, changes: {} };
    return willChange(pending, () => perform(calls, orchestration));
  },
});

interface RunnerCall {
  readonly id: string;
  readonly fun: string;
  readonly keyword: Dict;
}

function readRunners(runners: Dict | string): readonly RunnerCall[] | string {
  if (typeof runners === 'string') return [{ id: runners, fun: runners, keyword: new Map() }];
  const calls: RunnerCall[] = [];
  for (const [key, body] of runners) {
    const id = pythonStr(key);
    const given: Dict = new Map(
      (Array.isArray(body) ? body : [body]).flatMap((item) => (isDict(item) ? [...item] : [])),
    );
    const kwarg = given.get('kwarg') ?? new Map<Value, Value>();
    if (!isDict(kwarg)) return `The kwarg of runner ${id} must be a dict.`;
    calls.push({ id, fun: pythonStr(given.get('name') ?? id), keyword: kwarg });
  }
  return calls;
}

async function perform(calls: readonly RunnerCall[], orchestration: OrchestrationPort): Promise<Applied> {
  const answers = await Promise.all(
    calls.map(async ({ id, fun, keyword }): Promise<readonly [string, MasterFunctionAnswer]> => [
      id,
      await orchestration.runOnMaster({ kind: 'runner', fun, positional: [], keyword }, id),
    ]),
  );
  const failed = answers.filter(([, { isSuccess }]) => !isSuccess).map(([id]) => id);
  const outcome = failed.length === 0 ? {} : { failed: true };
  const said = (failed.length === 1 ? 'Runner ' : 'Runners ') + `${failed.join(', ')} failed.`;
  const comment = failed.length === 0 ? 'All runner functions executed successfully.' : said;
  if (!answers.every(([, { value }]) => isHighstateAnswer(value))) {
    const ret = new Map<Value, Value>(answers.map(([id, { value }]) => [id, value]));
    return { comment, changes: { ret }, ...outcome };
  }
  const changed = answers.map(([id, { value }]) => [id, extractChanges(value)] as const);
  return { comment, changes: Object.fromEntries(changed.filter(([, changes]) => changes.size > 0)), ...outcome };
}
