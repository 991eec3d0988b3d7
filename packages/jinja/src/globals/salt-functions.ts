import { NativeFunction } from '../runtime/native-function.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { toHostValue } from '../runtime/to-host-value.ts';
import { PythonObject, type CallArguments, type RuntimeValue } from '../values/runtime-value.ts';

/** An execution function. */
class SaltFunction extends PythonObject {
  readonly typeName = 'function';
  private readonly name: string;
  private readonly runtime: Runtime;

  constructor(name: string, runtime: Runtime) {
    super();
    this.name = name;
    this.runtime = runtime;
  }

  override repr(): string {
    return `<function ${this.name}>`;
  }

  override get isCallable(): boolean {
    return true;
  }

  override call({ positional, keyword }: CallArguments): RuntimeValue {
    const values = positional.map(toHostValue);
    const named = new Map(Array.from(keyword, ([name, value]) => [name, toHostValue(value)]));
    return this.runtime.untimed(() => this.runtime.host.call(this.name, values, named));
  }
}

/** `salt.test`: the functions of one module. */
class SaltModule extends PythonObject {
  readonly typeName = 'LoadedMod';
  private readonly name: string;
  private readonly functions: SaltFunctions;

  constructor(name: string, functions: SaltFunctions) {
    super();
    this.name = name;
    this.functions = functions;
  }

  override attribute(name: string): RuntimeValue | undefined {
    return this.functions.item(`${this.name}.${name}`);
  }

  override item(key: RuntimeValue): RuntimeValue | undefined {
    return typeof key === 'string' ? this.attribute(key) : undefined;
  }
}

/** The variable `salt`: execution functions as `salt['a.b']`, `salt.a.b` and `salt.get('a.b')`. */
export class SaltFunctions extends PythonObject {
  readonly typeName = 'AliasedLoader';
  private readonly runtime: Runtime;

  constructor(runtime: Runtime) {
    super();
    this.runtime = runtime;
  }

  override item(key: RuntimeValue): RuntimeValue | undefined {
    return typeof key === 'string' && this.has(key) ? new SaltFunction(key, this.runtime) : undefined;
  }

  override contains(value: RuntimeValue): boolean {
    return typeof value === 'string' && this.has(value);
  }

  private has(name: string): boolean {
    return name.includes('.') && this.runtime.host.has?.(name) !== false;
  }

  override attribute(name: string): RuntimeValue | undefined {
    if (name === 'get') return new NativeFunction('get', ({ positional }) => this.get(positional));
    return name.includes('.') ? undefined : new SaltModule(name, this);
  }

  /** A function by its name, without asking whether it exists. */
  named(name: string): RuntimeValue {
    return new SaltFunction(name, this.runtime);
  }

  private get([name = null, fallback = null]: readonly RuntimeValue[]): RuntimeValue {
    return this.item(name) ?? fallback;
  }
}
