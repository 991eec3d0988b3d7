import { bindArguments, routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { ticking, type Runtime } from '../runtime/runtime.ts';
import { fault } from '../template-fault.ts';
import { PythonIterator } from '../values/iterators.ts';
import { iterate } from '../values/iteration.ts';
import { toText } from '../values/python-text.ts';
import type { CallArguments, RuntimeValue } from '../values/runtime-value.ts';
import { isTrue } from '../values/truth.ts';
import { attributeGetter } from './attribute-path.ts';

type Step = (item: RuntimeValue) => RuntimeValue;

function toCall([positional, keyword]: BoundArguments): CallArguments {
  const named = keyword as Map<RuntimeValue, RuntimeValue>;
  return {
    positional: positional as RuntimeValue[],
    keyword: new Map(Array.from(named, ([name, value]) => [toText(name), value])),
  };
}

/** Applies a filter or test by its name. */
function applyNamed(kind: 'filter' | 'test', call: CallArguments, runtime: Runtime): Step {
  const [name = null, ...positional] = call.positional;
  const wanted = toText(name);
  const found = (kind === 'filter' ? runtime.filters : runtime.tests).get(wanted);
  if (found === undefined) throw fault(`there is no ${kind} named '${wanted}'`);
  const args = bindArguments(found, { positional, keyword: call.keyword });
  return (item) => found.run(item, args, runtime);
}

function mapStep(call: CallArguments, runtime: Runtime): Step {
  if (call.positional.length > 0) return applyNamed('filter', call, runtime);
  const attribute = call.keyword.get('attribute');
  if (attribute === undefined) throw fault('map requires a filter argument');
  for (const name of call.keyword.keys()) {
    if (name !== 'attribute' && name !== 'default') throw fault(`Unexpected keyword argument '${name}'`);
  }
  return attributeGetter(runtime, attribute, { fallback: call.keyword.get('default') });
}

function* mapped(
  value: RuntimeValue,
  args: BoundArguments,
  runtime: Runtime,
): Generator<RuntimeValue, void, undefined> {
  if (!isTrue(value)) return;
  const step = mapStep(toCall(args), runtime);
  for (const item of ticking(runtime, iterate(value))) yield step(item);
}

interface Selection {
  /** Whether items whose test holds are kept, or the others. */
  readonly keeps: boolean;
  readonly byAttribute: boolean;
}

function selectionStep(call: CallArguments, selection: Selection, runtime: Runtime): (item: RuntimeValue) => boolean {
  const [attribute, ...rest] = call.positional;
  if (selection.byAttribute && attribute === undefined) throw fault('Missing parameter for attribute name');
  const get = selection.byAttribute ? attributeGetter(runtime, attribute ?? null) : (item: RuntimeValue) => item;
  const positional = selection.byAttribute ? rest : call.positional;
  const test = positional.length === 0 ? isTrue : truthOf(applyNamed('test', { ...call, positional }, runtime));
  return (item) => test(get(item)) === selection.keeps;
}

function truthOf(step: Step): (item: RuntimeValue) => boolean {
  return (item) => isTrue(step(item));
}

function select(selection: Selection): Routine['run'] {
  function* chosen(
    value: RuntimeValue,
    args: BoundArguments,
    runtime: Runtime,
  ): Generator<RuntimeValue, void, undefined> {
    if (!isTrue(value)) return;
    const keeps = selectionStep(toCall(args), selection, runtime);
    for (const item of ticking(runtime, iterate(value))) if (keeps(item)) yield item;
  }
  return (value, args, runtime) => new PythonIterator(chosen(value, args, runtime));
}

export const selectionFilters: readonly Routine[] = [
  routine('map', '* **', (value, args, runtime) => new PythonIterator(mapped(value, args, runtime))),
  routine('select', '* **', select({ keeps: true, byAttribute: false })),
  routine('reject', '* **', select({ keeps: false, byAttribute: false })),
  routine('selectattr', '* **', select({ keeps: true, byAttribute: true })),
  routine('rejectattr', '* **', select({ keeps: false, byAttribute: true })),
];
