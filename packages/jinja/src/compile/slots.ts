import type { Frame } from '../runtime/frame.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import type { CompileFrame } from './compile-frame.ts';
import type { Scope, Slot, Unit } from './scope.ts';

export type ReadSlot = (frame: Frame) => RuntimeValue | undefined;
export type WriteSlot = (frame: Frame, value: RuntimeValue | undefined) => void;

function hops(from: Unit, slot: Slot): number {
  return from.depth - slot.unit.depth;
}

function frameAt(frame: Frame, distance: number): Frame {
  let current: Frame | undefined = frame;
  for (let step = 0; step < distance && current !== undefined; step += 1) current = current.outer;
  if (current === undefined) throw new Error('a variable lives outside of all frames');
  return current;
}

/** Reads a variable from the frame of a unit. */
export function readSlot(unit: Unit, slot: Slot): ReadSlot {
  const { index } = slot;
  const distance = hops(unit, slot);
  if (distance === 0) return (frame) => frame.slots[index];
  if (distance === 1) return (frame) => frame.outer?.slots[index];
  return (frame) => frameAt(frame, distance).slots[index];
}

/** Writes a variable of the frame itself; scopes never assign variables of outer functions. */
export function writeSlot(slot: Slot): WriteSlot {
  const { index } = slot;
  return (frame, value) => {
    frame.slots[index] = value;
  };
}

/** Gives the variables of a scope their first values; run whenever the scope is entered. */
export function compileEntry(scope: Scope): (frame: Frame) => void {
  const steps: ((frame: Frame) => void)[] = [];
  for (const [slot, load] of scope.loads) {
    const write = writeSlot(slot);
    if (load.from === 'context') steps.push((frame) => write(frame, frame.context.resolve(load.name)));
    if (load.from === 'nothing') steps.push((frame) => write(frame, undefined));
    if (load.from !== 'slot') continue;
    const read = readSlot(scope.unit, load.slot);
    steps.push((frame) => write(frame, read(frame)));
  }
  return (frame) => {
    for (const step of steps) step(frame);
  };
}

/** The assigned variables visible at a place, as includes and imports with context see them. */
export function compileLocals(at: CompileFrame): (frame: Frame) => Map<string, RuntimeValue> {
  const readers = Array.from(at.scope.visibleStores(), ([name, slot]) => ({
    name,
    read: readSlot(at.scope.unit, slot),
  }));
  return (frame) => {
    const locals = new Map<string, RuntimeValue>();
    for (const { name, read } of readers) {
      const value = read(frame);
      if (value !== undefined) locals.set(name, value);
    }
    return locals;
  };
}
