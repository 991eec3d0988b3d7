import { repr } from './python-text.ts';
import { PythonObject, type RuntimeDict, type RuntimeValue } from './runtime-value.ts';

/** `namespace(…)`: the one object whose attributes templates can assign. */
export class Namespace extends PythonObject {
  readonly typeName = 'Namespace';
  private readonly members: RuntimeDict;

  constructor(members: RuntimeDict) {
    super();
    this.members = members;
  }

  override repr(): string {
    return `<Namespace ${repr(this.members)}>`;
  }

  override attribute(name: string): RuntimeValue | undefined {
    return this.members.get(name);
  }

  override *attributeNames(): Generator<string, void, undefined> {
    for (const name of this.members.keys()) if (typeof name === 'string') yield name;
  }

  set(name: string, value: RuntimeValue): void {
    this.members.set(name, value);
  }
}
