import type { Logger, Plain, Value } from '@brine/common';
import type { ReadHost } from './host.ts';
import type { Machine } from './machine.ts';

/** What a grain collector sees. */
export interface GrainContext {
  readonly host: ReadHost;
  readonly machine: Machine;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** The minion's configuration under Salt's key names. */
  readonly options: ReadonlyMap<Value, Value>;
}

/** A collector of related grains. One that throws or hangs loses its own grains only, with a warning. */
export interface GrainDeclaration {
  /** Name of the collector, e.g. `os`. */
  readonly name: string;
  readonly summary: string;
  /** The grains it can set, with a line of documentation each. */
  readonly grains: Readonly<Record<string, string>>;
  readonly collect: (context: GrainContext) => Promise<Readonly<Record<string, Plain>>>;
}

/** Declares a grain collector; the identity, typed. */
export function defineGrain(declaration: GrainDeclaration): GrainDeclaration {
  return declaration;
}
