import { z } from 'zod';
import { flag, integer, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

export const refreshPillar = refreshPillarFunction('saltutil.refresh_pillar');
export const pillarRefresh = refreshPillarFunction('saltutil.pillar_refresh');

function refreshPillarFunction(name: string) {
  return defineFunction({
    name,
    summary: 'Compiles the pillar anew and answers true when that is done.',
    args: z.object({
      wait: withDefault(flag(), false).describe('Accepted for Salt; the answer always waits here.'),
      timeout: withDefault(integer(), 30).describe('Accepted for Salt; the time limit of the job counts.'),
      clean_cache: withDefault(flag(), true).describe(
        'Accepted for Salt; what a master with `pillar_cache` kept is always forgotten.',
      ),
    }),
    examples: [`'*' ${name}`],
    async run(_args, { pillarSource }) {
      await pillarSource.refresh();
      return true;
    },
  });
}

export const refreshGrains = defineFunction({
  name: 'saltutil.refresh_grains',
  ignoresOthers: true,
  summary: 'Collects the grains anew, and compiles the pillar anew unless told otherwise.',
  args: z.object({ refresh_pillar: withDefault(flag(), true).describe('Compile the pillar anew as well.') }),
  examples: ["'*' saltutil.refresh_grains"],
  async run({ refresh_pillar: refreshes }, { grainsSource, pillarSource }) {
    await grainsSource.refresh();
    if (refreshes) await pillarSource.refresh();
    return true;
  },
});

export const refreshModules = refreshModulesFunction('saltutil.refresh_modules');
export const grainsRefreshModules = refreshModulesFunction('grains.refresh_modules');

function refreshModulesFunction(name: string) {
  return defineFunction({
    name,
    summary: 'Collects the grains anew, also those of modules, and answers true. Other modules need no loading.',
    args: z.object({ async: withDefault(flag(), true).describe('Accepted for Salt; the answer always waits here.') }),
    examples: [`'*' ${name}`],
    async run(_args, { grainsSource }) {
      await grainsSource.refresh();
      return true;
    },
  });
}

export const refreshBeacons = nothingToRefresh('saltutil.refresh_beacons', 'beacons');
export const refreshMatchers = nothingToRefresh('saltutil.refresh_matchers', 'matchers');

function nothingToRefresh(name: string, what: string) {
  return defineFunction({
    name,
    summary: `Answers true: all ${what} are built in and need no loading.`,
    args: z.object({}),
    examples: [`'*' ${name}`],
    run: () => true,
  });
}
