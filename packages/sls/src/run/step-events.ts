import type { Dict, Value } from '@brine/common';
import { toReturn } from './step-result.ts';
import type { NumberedResult, RunState } from './run-state.ts';

/** Tells the event bus about a step that ended, when it or the configuration asks for that. */
export async function fireStepEvent(run: RunState, { step, outcome, runNumber }: NumberedResult): Promise<void> {
  const asked = step.chunk.get('fire_event');
  const isAsked = asked === true || (typeof asked === 'string' && asked !== '');
  if (run.events === undefined || (!isAsked && run.options.get('state_events') !== true)) return;
  const content: Dict = new Map<Value, Value>([['ret', toReturn(step, outcome, runNumber)]]);
  if (isAsked) {
    const name = asked === true ? step.name : asked;
    await run.events.fire(`salt/state_result/${run.jid}/${run.minionId}/${name}`, content);
    return;
  }
  content.set('len', run.graph.steps.length);
  await run.events.fire(`salt/job/${run.jid}/prog/${run.minionId}/${runNumber}`, content);
}
