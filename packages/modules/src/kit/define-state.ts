import type { Changes, CheckOutcome, StateFails, StateIsOk, StateWillChange } from '@brine/common';
import type { z } from 'zod';
import type { StateContext } from './context.ts';
import type { Host } from './host.ts';

/** One state function, declared. */
export interface StateDeclaration<Schema extends z.ZodObject = z.ZodObject> {
  /** As written in SLS files: `file.managed`. */
  readonly name: string;
  readonly summary: string;
  /** `name` is always the first member. Members are documented with `.describe()`. */
  readonly args: Schema;
  /** SLS texts that show its use; they are run by the tests. */
  readonly examples: readonly string[];
  /** Looks and says what it found; the outcome's `apply` performs exactly what it foretold. */
  check(args: z.infer<Schema>, context: StateContext): Promise<CheckOutcome<Host>>;
  /** What a fired `watch` asks for when the check found nothing to change (Salt's `mod_watch`). */
  onWatch?(args: z.infer<Schema>, context: StateContext): Promise<CheckOutcome<Host>>;
  /** `true` when members unknown to the schema are handed over too (Salt's `**kwargs`). */
  readonly acceptsUnknown?: boolean;
  /** Why a second run changes again, for the few states of which that is the nature (`cmd.run`). */
  readonly notIdempotent?: string;
}

/** Declares a state function; the identity, typed. */
export function defineState<Schema extends z.ZodObject>(
  declaration: StateDeclaration<Schema>,
): StateDeclaration<Schema> {
  return declaration;
}

/** The described state holds already. */
export function isOk(comment: string, extra?: StateIsOk['extra']): StateIsOk {
  return { kind: 'ok', comment, ...(extra === undefined ? {} : { extra }) };
}

/** The described state cannot be reached. */
export function fails(comment: string, changes?: Changes): StateFails {
  return { kind: 'fail', comment, ...(changes === undefined ? {} : { changes }) };
}

/** The described state does not hold; `apply` brings it about. */
export function willChange(
  pending: StateWillChange<Host>['pending'],
  apply: StateWillChange<Host>['apply'],
): StateWillChange<Host> {
  return { kind: 'change', pending, apply };
}
