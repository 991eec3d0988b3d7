import type { TemplateHost } from '../template-host.ts';
import type { RuntimeValue, Undefined } from '../values/runtime-value.ts';
import type { Routine } from './routine.ts';

/** How a missing thing is described. */
export interface Missing {
  readonly message: string;
  readonly name?: string;
  /** The names that exist, for suggesting the nearest. */
  readonly candidates?: () => Iterable<string>;
}

/** What filters, tests and methods use of the render they run in. */
export interface Runtime {
  readonly host: TemplateHost;
  readonly filters: ReadonlyMap<string, Routine>;
  readonly tests: ReadonlyMap<string, Routine>;
  readonly rangeItems: number;
  /** Ends the render when its time is over; called in everything that can go on for long. */
  tick(): void;
  /** Runs work whose time does not count, such as waiting for a function. */
  untimed<Result>(work: () => Result): Result;
  /** Runs work one level deeper, or ends the render when that is too deep. */
  deeper<Result>(work: () => Result): Result;
  /** `value.name` as templates read it. */
  attribute(value: RuntimeValue, name: string): RuntimeValue;
  /** `value[key]` as templates read it. */
  subscript(value: RuntimeValue, key: RuntimeValue): RuntimeValue;
  /** What a missing thing evaluates to. */
  undefined(missing: Missing): Undefined;
  now(): Date;
  random(): number;
  log(level: string, message: string): void;
}

/** Goes over items while watching the time. */
export function* ticking(runtime: Runtime, items: Iterable<RuntimeValue>): Generator<RuntimeValue, void, undefined> {
  for (const item of items) {
    runtime.tick();
    yield item;
  }
}
