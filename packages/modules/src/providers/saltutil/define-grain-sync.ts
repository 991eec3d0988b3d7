import { isDict, pythonStr, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  commaList,
  defineState,
  fails,
  flag,
  isOk,
  optional,
  text,
  willChange,
  withDefault,
  type Host,
  type ModuleContext,
  type StateDeclaration,
} from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { planGrainSync, type GrainSyncPlan } from './grain-sync.ts';

const syncArguments = z.object({
  name: text().describe('Any name.'),
  saltenv: optional(commaList()).describe(
    'The environments; those in which the top files name this minion unless given.',
  ),
  refresh: withDefault(flag(), true).describe('Collect the grains anew, and compile the pillar anew, afterwards.'),
  extmod_whitelist: optional(anyValue()).describe(
    'The only modules of grains to fetch: names, or lists of names by kind.',
  ),
  extmod_blacklist: optional(anyValue()).describe('Modules of grains not to fetch, likewise.'),
});

/** Declares `saltutil.sync_grains` and `saltutil.sync_all`: of the modules that a tree ships those of grains are fetched. */
export function defineGrainSync(kind: 'grains' | 'all', done: string): StateDeclaration<typeof syncArguments> {
  const name = `saltutil.sync_${kind}`;
  return defineState({
    name,
    summary: 'Fetches the modules of grains that the tree ships, and collects the grains anew.',
    args: syncArguments,
    examples: [`sync_everything:\n  ${name}:\n    - saltenv: base`],
    async check({ saltenv, refresh, extmod_whitelist: whitelist, extmod_blacklist: blacklist }, context) {
      const saltenvs = saltenv ?? (await topEnvironments(context));
      if (saltenvs === undefined) return fails(`Failed to run sync_${kind}: Unable to render top file(s)`);
      const plan = await planGrainSync({ saltenvs, whitelist, blacklist }, context);
      const changes = changesOf(plan);
      if (Object.keys(changes).length === 0) return isOk('No updates to sync');
      return willChange({ comment: `${name} would have been run`, changes }, (machine: Host) =>
        attempt(`Failed to run sync_${kind}`, async () => {
          await plan.perform(machine);
          if (refresh) await context.call('saltutil.refresh_grains');
          return { comment: done, changes };
        }),
      );
    },
  });
}

/** `undefined` when the top files do not compile. */
async function topEnvironments({ call }: Pick<ModuleContext, 'call'>): Promise<readonly string[] | undefined> {
  const top: Value = await call('state.show_top');
  if (!isDict(top)) return undefined;
  return top.size === 0 ? ['base'] : [...top.keys()].map(pythonStr);
}

function changesOf({ synced, removed }: GrainSyncPlan): Record<string, Plain> {
  return {
    ...(synced.length === 0 ? {} : { grains: synced }),
    ...(removed.length === 0 ? {} : { removed }),
  };
}
