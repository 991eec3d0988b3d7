import { identicalOrEqual } from './equality.ts';
import { watchSize } from './iteration.ts';
import { repr } from './python-text.ts';
import { PythonObject, Tuple, type RuntimeDict, type RuntimeValue } from './runtime-value.ts';

/** A one-shot iterator: a generator, `zip(…)`, `reversed(…)`. It has neither length nor items, as in Python. */
export class PythonIterator extends PythonObject {
  readonly typeName: string;
  private readonly source: Iterator<RuntimeValue, unknown, undefined>;

  constructor(source: Iterable<RuntimeValue>, typeName = 'generator') {
    super();
    this.source = source[Symbol.iterator]() as Iterator<RuntimeValue, unknown, undefined>;
    this.typeName = typeName;
  }

  override iterate(): Iterable<RuntimeValue> {
    // Without `return`, leaving a loop early does not end the iterator: Python goes on where it stopped.
    const next = (): IteratorResult<RuntimeValue, undefined> => {
      const step = this.source.next();
      return step.done === true ? { done: true, value: undefined } : { done: false, value: step.value };
    };
    return { [Symbol.iterator]: () => ({ next }) };
  }

  /** The next item; `undefined` at the end. */
  next(): RuntimeValue | undefined {
    const step = this.source.next();
    return step.done === true ? undefined : step.value;
  }
}

/** `range(start, stop, step)`. */
export class PythonRange extends PythonObject {
  readonly typeName = 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;

  constructor(start: number, stop: number, step: number) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  override repr(): string {
    const step = this.step === 1 ? '' : `, ${this.step}`;
    return `range(${this.start}, ${this.stop}${step})`;
  }

  override size(): number {
    return Math.max(0, Math.ceil((this.stop - this.start) / this.step));
  }

  override *iterate(): Generator<number, void, undefined> {
    const size = this.size();
    for (let index = 0; index < size; index += 1) yield this.start + index * this.step;
  }

  override item(key: RuntimeValue): RuntimeValue | undefined {
    if (typeof key !== 'number' || !Number.isInteger(key)) return undefined;
    const index = key < 0 ? key + this.size() : key;
    return index >= 0 && index < this.size() ? this.start + index * this.step : undefined;
  }

  override attribute(name: string): RuntimeValue | undefined {
    if (name === 'start') return this.start;
    if (name === 'stop') return this.stop;
    return name === 'step' ? this.step : undefined;
  }

  override equals(other: RuntimeValue): boolean {
    if (!(other instanceof PythonRange) || other.size() !== this.size()) return false;
    return this.size() === 0 || (other.start === this.start && (this.size() === 1 || other.step === this.step));
  }
}

type ViewKind = 'keys' | 'values' | 'items';

/** `dict.keys()`, `dict.values()` or `dict.items()`: sees later changes of the dict. */
export class DictView extends PythonObject {
  readonly typeName: string;
  readonly dict: RuntimeDict;
  private readonly kind: ViewKind;

  constructor(dict: RuntimeDict, kind: ViewKind) {
    super();
    this.dict = dict;
    this.kind = kind;
    this.typeName = `dict_${kind}`;
  }

  override repr(): string {
    return `${this.typeName}(${repr(this.members())})`;
  }

  override size(): number {
    return this.dict.size;
  }

  override iterate(): Iterable<RuntimeValue> {
    return watchSize(this.dict, this.source());
  }

  /** Whether Python lets the view take part in `|`, `&` and set comparison. */
  get isSetLike(): boolean {
    return this.kind !== 'values';
  }

  override equals(other: RuntimeValue): boolean {
    if (this === other) return true;
    if (!(other instanceof DictView) || !this.isSetLike || !other.isSetLike) return false;
    const members = other.members();
    return members.length === this.dict.size && this.members().every((item) => includes(members, item));
  }

  members(): RuntimeValue[] {
    return Array.from(this.source());
  }

  private source(): Iterable<RuntimeValue> {
    if (this.kind === 'keys') return this.dict.keys();
    return this.kind === 'values' ? this.dict.values() : pairsOf(this.dict);
  }
}

function* pairsOf(dict: RuntimeDict): Generator<Tuple, void, undefined> {
  for (const pair of dict) yield new Tuple(pair);
}

function includes(items: readonly RuntimeValue[], value: RuntimeValue): boolean {
  return items.some((item) => identicalOrEqual(item, value));
}
