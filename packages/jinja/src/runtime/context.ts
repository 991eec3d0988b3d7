import type { RuntimeValue } from '../values/runtime-value.ts';
import type { BlockCode } from './template-code.ts';

/** The names a template sees, and those it offers to others. */
export class Context {
  /** What the template was given. */
  readonly given: ReadonlyMap<string, RuntimeValue>;
  /** What the template assigned at its top level. */
  readonly assigned = new Map<string, RuntimeValue>();
  /** The assigned names that importers get. */
  readonly exported = new Set<string>();
  /** The blocks of the template and, after them, those of the templates it extends. */
  readonly blocks: Map<string, BlockCode[]>;

  constructor(given: ReadonlyMap<string, RuntimeValue>, blocks: Map<string, BlockCode[]>) {
    this.given = given;
    this.blocks = blocks;
  }

  resolve(name: string): RuntimeValue | undefined {
    const assigned = this.assigned.get(name);
    return assigned === undefined ? this.given.get(name) : assigned;
  }

  /** Notes an assignment at the top level. Names that start with `_`, and what was itself imported, are not offered on. */
  assign(name: string, value: RuntimeValue, isExported: boolean): void {
    this.assigned.set(name, value);
    if (isExported && !name.startsWith('_')) this.exported.add(name);
    if (!isExported) this.exported.delete(name);
  }

  /** Everything visible, with some variables more. */
  all(locals: ReadonlyMap<string, RuntimeValue> = new Map()): Map<string, RuntimeValue> {
    const visible = new Map(this.given);
    for (const [name, value] of this.assigned) visible.set(name, value);
    for (const [name, value] of locals) visible.set(name, value);
    return visible;
  }

  /** The same context for a block that also sees the variables around it. */
  derive(locals: ReadonlyMap<string, RuntimeValue>): Context {
    return new Context(this.all(locals), this.blocks);
  }
}
