import { fault } from '../template-fault.ts';
import { PythonObject, type RuntimeValue } from '../values/runtime-value.ts';
import type { Context } from './context.ts';
import { Frame } from './frame.ts';
import { toFault } from './guard.ts';
import { Output } from './output.ts';
import type { Render } from './render.ts';
import type { BlockCode, Flow } from './template-code.ts';

/** Runs a block. */
function runBlock(code: BlockCode, place: { context: Context; render: Render }, output: Output): Flow {
  const { context, render } = place;
  try {
    return render.deeper(() => code.execute(new Frame({ size: code.size, context, render }), output));
  } catch (error) {
    const found = toFault(error);
    found.leaving = `block '${code.name}'`;
    throw found;
  }
}

/** The innermost version of a block, as a template prints it where the block stands. */
export function printBlock(name: string, place: { context: Context; render: Render }, output: Output): Flow {
  const [code] = place.context.blocks.get(name) ?? [];
  if (code === undefined) throw fault(`block '${name}' not found`);
  return runBlock(code, place, output);
}

/** `self.name` and `super`: a block that can be called. */
class BlockReference extends PythonObject {
  readonly typeName = 'BlockReference';
  private readonly name: string;
  private readonly index: number;
  private readonly place: { readonly context: Context; readonly render: Render };

  constructor(name: string, index: number, place: { readonly context: Context; readonly render: Render }) {
    super();
    this.name = name;
    this.index = index;
    this.place = place;
  }

  override get isCallable(): boolean {
    return true;
  }

  override attribute(name: string): RuntimeValue | undefined {
    return name === 'super' ? parentBlock(this.name, this.index, this.place) : undefined;
  }

  override call(): RuntimeValue {
    const code = this.place.context.blocks.get(this.name)?.[this.index];
    if (code === undefined) throw fault(`block '${this.name}' not found`);
    const output = new Output(this.place.render.outputLimit);
    runBlock(code, this.place, output);
    return this.place.render.rememberOrigins(output);
  }
}

/** The version of a block that the one at an index replaces. */
export function parentBlock(
  name: string,
  index: number,
  place: { readonly context: Context; readonly render: Render },
): RuntimeValue {
  const exists = place.context.blocks.get(name)?.[index + 1] !== undefined;
  if (exists) return new BlockReference(name, index + 1, place);
  return place.render.undefined({ message: `there is no parent block called '${name}'` });
}

/** The variable `self`: the blocks of the template. */
export class TemplateReference extends PythonObject {
  readonly typeName = 'TemplateReference';
  private readonly place: { readonly context: Context; readonly render: Render };

  constructor(place: { readonly context: Context; readonly render: Render }) {
    super();
    this.place = place;
  }

  override attribute(name: string): RuntimeValue | undefined {
    return this.place.context.blocks.has(name) ? new BlockReference(name, 0, this.place) : undefined;
  }

  override item(key: RuntimeValue): RuntimeValue | undefined {
    return typeof key === 'string' ? this.attribute(key) : undefined;
  }

  override attributeNames(): Iterable<string> {
    return this.place.context.blocks.keys();
  }
}
