import { toIntArgument } from '../runtime/argument-values.ts';
import { updateFrom } from '../methods/dict-methods.ts';
import { BoundRoutine } from '../runtime/bound-method.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { toHostValue } from '../runtime/to-host-value.ts';
import { fault } from '../template-fault.ts';
import { PythonRange } from '../values/iterators.ts';
import { Namespace } from '../values/namespace.ts';
import { toText } from '../values/python-text.ts';
import { Undefined, type RuntimeDict, type RuntimeValue } from '../values/runtime-value.ts';
import { Cycler, Joiner } from './generators.ts';
import { generateLorem } from './lorem.ts';
import { SaltFunctions } from './salt-functions.ts';

function makeRange([first, second, step]: BoundArguments, runtime: Runtime): PythonRange {
  const start = second === undefined ? 0 : toIntArgument(first);
  const stop = second === undefined ? toIntArgument(first) : toIntArgument(second);
  const width = toIntArgument(step, 1);
  if (width === 0) throw fault('range() arg 3 must not be zero');
  const range = new PythonRange(start, stop, width);
  if (range.size() > runtime.rangeItems) {
    throw fault(`Range too big. The sandbox blocks ranges larger than MAX_RANGE (${runtime.rangeItems}).`);
  }
  return range;
}

function makeDict([source, keyword]: BoundArguments): RuntimeDict {
  const dict: RuntimeDict = new Map();
  if (source !== undefined) updateFrom(dict, source);
  if (keyword !== undefined) updateFrom(dict, keyword);
  return dict;
}

function raiseError(message: RuntimeValue): never {
  if (message instanceof Undefined) message.fail();
  throw fault(toText(message));
}

/** `ifelse(…)` of Salt 3006: the execution function `match.ifelse`. */
const ifElse: Routine['run'] = (_self, [positional, keyword], runtime) => {
  const values = (positional as RuntimeValue[]).map(toHostValue);
  const named = toHostValue(keyword as RuntimeDict) as Parameters<Runtime['host']['call']>[2];
  return runtime.untimed(() => runtime.host.call('match.ifelse', values, named));
};

const globals: readonly Routine[] = [
  routine('range', 'start stop? step?', (_self, args, runtime) => makeRange(args, runtime)),
  routine('dict', 'source? **', (_self, args) => makeDict(args)),
  routine('odict', 'source? **', (_self, args) => makeDict(args)),
  routine('namespace', 'source? **', (_self, args) => new Namespace(makeDict(args))),
  routine('cycler', '*', (_self, [items]) => new Cycler(items as RuntimeValue[])),
  routine('joiner', 'sep?', (_self, [separator]) => new Joiner(separator ?? ', ')),
  routine('lipsum', 'n? html? min? max?', (_self, args, runtime) => generateLorem(args, runtime)),
  routine('raise', 'msg', (_self, [message]) => raiseError(message ?? null)),
  routine('ifelse', '* **', ifElse),
];

/** Jinja's and Salt's global functions, and `salt`, for a render. */
export function createGlobals(runtime: Runtime): Map<string, RuntimeValue> {
  const table = new Map<string, RuntimeValue>();
  for (const entry of globals) table.set(entry.name, new BoundRoutine(null, entry, runtime));
  table.set('salt', new SaltFunctions(runtime));
  return table;
}

/** The names of all of them. */
export function globalNames(): readonly string[] {
  return [...globals.map(({ name }) => name), 'salt', 'show_full_context'];
}
