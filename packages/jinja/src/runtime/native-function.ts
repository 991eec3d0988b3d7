import { PythonObject, type CallArguments, type RuntimeValue } from '../values/runtime-value.ts';

/** A function of an object of this package, as a value. */
export class NativeFunction extends PythonObject {
  readonly typeName = 'function';
  private readonly name: string;
  private readonly invoke: (args: CallArguments) => RuntimeValue;

  constructor(name: string, invoke: (args: CallArguments) => RuntimeValue) {
    super();
    this.name = name;
    this.invoke = invoke;
  }

  override repr(): string {
    return `<function ${this.name}>`;
  }

  override get isCallable(): boolean {
    return true;
  }

  override call(args: CallArguments): RuntimeValue {
    return this.invoke(args);
  }
}
