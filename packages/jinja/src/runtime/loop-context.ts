import { fault } from '../template-fault.ts';
import { identicalOrEqual } from '../values/equality.ts';
import { tryLength } from '../values/iteration.ts';
import { PythonObject, type CallArguments, type RuntimeValue } from '../values/runtime-value.ts';
import { NativeFunction } from './native-function.ts';
import type { Runtime } from './runtime.ts';

interface LoopInit {
  /** What is gone over; its length is taken where it has one. */
  readonly source: RuntimeValue;
  readonly items: Iterable<RuntimeValue>;
  readonly runtime: Runtime;
  readonly depth: number;
  /** Runs a recursive loop over other items and gives what it prints. */
  readonly recurse: ((items: RuntimeValue, depth: number) => string) | undefined;
}

/** The variable `loop`. */
export class LoopContext extends PythonObject {
  readonly typeName = 'LoopContext';
  private readonly init: LoopInit;
  private iterator: Iterator<RuntimeValue, unknown, undefined>;
  private index0 = -1;
  private known: number | undefined;
  private current: RuntimeValue | undefined;
  private previous: RuntimeValue | undefined;
  /** Items that were looked at ahead of their turn. */
  private ahead: RuntimeValue[] = [];
  private lastSeen: readonly RuntimeValue[] | undefined;

  constructor(init: LoopInit) {
    super();
    this.init = init;
    this.iterator = init.items[Symbol.iterator]() as Iterator<RuntimeValue, unknown, undefined>;
  }

  /** Goes to the next item; `undefined` at the end. */
  advance(): RuntimeValue | undefined {
    const next = this.ahead.length > 0 ? this.ahead.shift() : this.pull();
    if (next === undefined) return undefined;
    this.index0 += 1;
    this.previous = this.current;
    this.current = next;
    return next;
  }

  private pull(): RuntimeValue | undefined {
    const step = this.iterator.next();
    return step.done === true ? undefined : step.value;
  }

  private peek(): RuntimeValue | undefined {
    if (this.ahead.length === 0) {
      const next = this.pull();
      if (next !== undefined) this.ahead.push(next);
    }
    return this.ahead[0];
  }

  private length(): number {
    if (this.known !== undefined) return this.known;
    const length = tryLength(this.init.source);
    if (length === undefined) {
      for (let item = this.pull(); item !== undefined; item = this.pull()) this.ahead.push(item);
      this.known = this.index0 + 1 + this.ahead.length;
    } else this.known = length;
    return this.known;
  }

  override size(): number {
    return this.length();
  }

  override repr(): string {
    return `<LoopContext ${this.index0 + 1}/${this.length()}>`;
  }

  override isTrue(): boolean {
    return this.length() > 0;
  }

  override attribute(name: string): RuntimeValue | undefined {
    return attributes.get(name)?.(this);
  }

  override attributeNames(): Iterable<string> {
    return attributes.keys();
  }

  override get isCallable(): boolean {
    return true;
  }

  override call(args: CallArguments): RuntimeValue {
    const { recurse, depth } = this.init;
    if (recurse === undefined) {
      throw fault("The loop must have the 'recursive' marker enabled.", 'write `recursive` at the end of the for tag');
    }
    return recurse(args.positional[0] ?? null, depth + 1);
  }

  static readonly attributes: ReadonlyMap<string, (loop: LoopContext) => RuntimeValue> = new Map<
    string,
    (loop: LoopContext) => RuntimeValue
  >([
    ['index', (loop) => loop.index0 + 1],
    ['index0', (loop) => loop.index0],
    ['revindex', (loop) => loop.length() - loop.index0],
    ['revindex0', (loop) => loop.length() - loop.index0 - 1],
    ['first', (loop) => loop.index0 === 0],
    ['last', (loop) => loop.peek() === undefined],
    ['length', (loop) => loop.length()],
    ['depth', (loop) => loop.init.depth + 1],
    ['depth0', (loop) => loop.init.depth],
    ['previtem', (loop) => loop.noNeighbour('there is no previous item', loop.previous)],
    ['nextitem', (loop) => loop.nextItem()],
    ['cycle', (loop) => new NativeFunction('cycle', ({ positional }) => loop.cycle(positional))],
    ['changed', (loop) => new NativeFunction('changed', ({ positional }) => loop.changed(positional))],
  ]);

  private noNeighbour(message: string, value: RuntimeValue | undefined): RuntimeValue {
    return value === undefined ? this.init.runtime.undefined({ message }) : value;
  }

  private nextItem(): RuntimeValue {
    return this.noNeighbour('there is no next item', this.peek());
  }

  private cycle(values: readonly RuntimeValue[]): RuntimeValue {
    const value = values[this.index0 % values.length];
    if (value === undefined) throw fault('no items for cycling given');
    return value;
  }

  private changed(values: readonly RuntimeValue[]): boolean {
    const before = this.lastSeen;
    const isSame =
      before !== undefined &&
      before.length === values.length &&
      values.every((value, index) => identicalOrEqual(value, before[index] as RuntimeValue));
    this.lastSeen = values;
    return !isSame;
  }
}

const { attributes } = LoopContext;
