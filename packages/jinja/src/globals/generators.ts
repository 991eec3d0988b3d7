import { NativeFunction } from '../runtime/native-function.ts';
import { fault } from '../template-fault.ts';
import { PythonObject, type RuntimeValue } from '../values/runtime-value.ts';

/** `cycler(…)`: values in turn. */
export class Cycler extends PythonObject {
  readonly typeName = 'Cycler';
  private readonly items: readonly RuntimeValue[];
  private position = 0;

  constructor(items: readonly RuntimeValue[]) {
    super();
    if (items.length === 0) throw fault('at least one item has to be provided');
    this.items = items;
  }

  private get current(): RuntimeValue {
    return this.items[this.position] ?? null;
  }

  private next(): RuntimeValue {
    const value = this.current;
    this.position = (this.position + 1) % this.items.length;
    return value;
  }

  override attribute(name: string): RuntimeValue | undefined {
    if (name === 'current') return this.current;
    if (name === 'pos') return this.position;
    if (name === 'items') return [...this.items];
    if (name === 'next') return new NativeFunction('next', () => this.next());
    return name === 'reset' ? new NativeFunction('reset', () => this.reset()) : undefined;
  }

  private reset(): null {
    this.position = 0;
    return null;
  }

  override attributeNames(): Iterable<string> {
    return ['current', 'next', 'reset', 'pos', 'items'];
  }
}

/** `joiner(…)`: nothing the first time, then a separator. */
export class Joiner extends PythonObject {
  readonly typeName = 'Joiner';
  private readonly separator: RuntimeValue;
  private isUsed = false;

  constructor(separator: RuntimeValue) {
    super();
    this.separator = separator;
  }

  override get isCallable(): boolean {
    return true;
  }

  override call(): RuntimeValue {
    if (this.isUsed) return this.separator;
    this.isUsed = true;
    return '';
  }
}
