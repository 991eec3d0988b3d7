import type { Dict, Plain } from '@brine/common';
import type { Caller, KeyControl } from '@brine/api';
import type { z } from 'zod';
import type { KeyRegistry } from '../keys/key-registry.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { WheelWriters } from './wheel-writers.ts';

/** What a wheel function works with. */
export interface WheelContext {
  readonly keys: KeyControl & Pick<KeyRegistry, 'admit'>;
  readonly directory: MinionDirectory;
  readonly caller: Caller;
  /** The master's configuration under Salt's key names. */
  readonly options: Dict;
  /** Where the master's configuration lies. */
  readonly configDirectory: string;
  readonly writers: WheelWriters;
}

/** One wheel function, declared. Keywords it does not have are ignored, as in Salt: its clients send some. */
export interface WheelDeclaration<Schema extends z.ZodObject = z.ZodObject> {
  /** As called: `key.accept`. */
  readonly name: string;
  readonly summary: string;
  /** Members in positional order. */
  readonly args: Schema;
  /** What a client of the HTTP API sends beside `client: wheel`. */
  readonly example: string;
  /** What it answers is for who asked alone: no event shows it. */
  readonly isPrivate?: boolean;
  run(args: z.infer<Schema>, context: WheelContext): Promise<Plain> | Plain;
}

/** Declares a wheel function; the identity, typed. */
export function defineWheel<Schema extends z.ZodObject>(
  declaration: WheelDeclaration<Schema>,
): WheelDeclaration<Schema> {
  return declaration;
}
