import type { Step } from '../compile/step.ts';
import type { RunState } from './run-state.ts';
import type { StepResult } from './step-result.ts';

/** Loads anew what a step asks for once it has run: grains and pillar always, modules when it changed something. */
export async function reloadAfter({ reload, test }: RunState, { chunk }: Step, outcome: StepResult): Promise<void> {
  if (reload === undefined || test) return;
  const wants = (key: string): boolean => chunk.get(key) === true;
  if (wants('reload_grains')) await reload('grains');
  if (wants('reload_pillar')) await reload('pillar');
  const isReloading = wants('reload_modules') || wants('reload_grains') || wants('reload_pillar');
  if (wants('force_reload_modules') || (isReloading && outcome.isChanged)) await reload('modules');
}
