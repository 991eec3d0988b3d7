import type { Frame } from '../runtime/frame.ts';
import { locate } from '../runtime/guard.ts';
import type { Target, TupleTarget } from '../syntax/nodes.ts';
import { fault } from '../template-fault.ts';
import { tryIterate } from '../values/iteration.ts';
import { Namespace } from '../values/namespace.ts';
import { Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';
import type { CompileFrame } from './compile-frame.ts';
import { readSlot, writeSlot } from './slots.ts';

export type Assign = (frame: Frame, value: RuntimeValue) => void;

/** Assigns a value to a target; at the top level also offers the names to importers. */
export function compileTarget(target: Target, at: CompileFrame): Assign {
  switch (target.type) {
    case 'name':
      return compileNameTarget(target.name, at);
    case 'namespaceTarget':
      return compileNamespaceTarget(target.name, target.attribute, at);
    case 'tupleTarget':
      return compileTupleTarget(target, at);
  }
}

export function compileNameTarget(name: string, at: CompileFrame, isExported = true): Assign {
  const slot = at.scope.slots.get(name);
  if (slot === undefined) throw new Error(`the assigned name '${name}' was not analysed`);
  const write = writeSlot(slot);
  if (!at.toplevel || at.isBlock) return write;
  return (frame, value) => {
    write(frame, value);
    frame.context.assign(name, value, isExported);
  };
}

function compileNamespaceTarget(name: string, attribute: string, at: CompileFrame): Assign {
  const slot = at.scope.find(name);
  if (slot === undefined) throw new Error(`the name '${name}' was not analysed`);
  const read = readSlot(at.scope.unit, slot);
  return (frame, value) => {
    const object = read(frame);
    if (object === undefined) return frame.render.missingName(name, frame.context, () => []).fail();
    if (object instanceof Namespace) object.set(attribute, value);
    else {
      const kind = typeName(object);
      const help = kind === 'dict' ? `write {% do ${name}.update({'${attribute}': …}) %}` : undefined;
      throw fault(
        `cannot assign attribute '${attribute}' of a ${kind}: only a namespace object has attributes to assign`,
        help,
      );
    }
  };
}

function compileTupleTarget(target: TupleTarget, at: CompileFrame): Assign {
  const assigns = target.items.map((item) => compileTarget(item, at));
  return (frame, value) => {
    const values = unpack(value, assigns.length);
    assigns.forEach((assign, index) => assign(frame, values[index] as RuntimeValue));
  };
}

function unpack(value: RuntimeValue, count: number): readonly RuntimeValue[] {
  if (value instanceof Undefined) value.fail();
  const items = tryIterate(value);
  if (items === undefined) throw fault(`cannot unpack non-iterable ${typeName(value)} object`);
  const values: RuntimeValue[] = [];
  for (const item of items) {
    values.push(item);
    if (values.length > count) throw fault(`too many values to unpack (expected ${count})`, unpackHelp(value));
  }
  if (values.length === count) return values;
  throw fault(`not enough values to unpack (expected ${count}, got ${values.length})`, unpackHelp(value));
}

function unpackHelp(value: RuntimeValue): string | undefined {
  return typeof value === 'string' ? 'to go over the keys and values of a dict, write .items() behind it' : undefined;
}

/** Notes the place of an assignment in its faults. */
export function guardAssign(assign: Assign, at: CompileFrame, offset: number): Assign {
  return (frame, value) => {
    try {
      assign(frame, value);
    } catch (error) {
      throw locate(error, at.state.lines, offset);
    }
  };
}
