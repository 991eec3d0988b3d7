import { PythonObject, type CallArguments, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';
import { bindArguments, type Routine } from './routine.ts';
import type { Runtime } from './runtime.ts';

/** A method taken from its value, or a filter, test or global as a value: `d.get`, `'x'.upper`, `range`. */
export class BoundRoutine extends PythonObject {
  readonly typeName = 'builtin_function_or_method';
  private readonly owner: RuntimeValue;
  private readonly routine: Routine;
  private readonly runtime: Runtime;

  constructor(owner: RuntimeValue, routine: Routine, runtime: Runtime) {
    super();
    this.owner = owner;
    this.routine = routine;
    this.runtime = runtime;
  }

  override repr(): string {
    return `<built-in method ${this.routine.name} of ${typeName(this.owner)} object>`;
  }

  override get isCallable(): boolean {
    return true;
  }

  override call(args: CallArguments): RuntimeValue {
    return this.routine.run(this.owner, bindArguments(this.routine, args), this.runtime);
  }
}
