import { stepTag, type Step } from '../compile/step.ts';

/** The step that keeps the beacon of another one: `mod_beacon` of the same module, named `beacon_ID`, as Salt returns it. */
export function toBeacon(step: Step): Step {
  const id = `beacon_${step.id}`;
  const fun = 'mod_beacon';
  const chunk = new Map([...step.chunk, ['sfun', step.fun], ['fun', fun], ['__id__', id]]);
  return { ...step, id, fun, chunk, tag: stepTag({ ...step, id, fun }) };
}
