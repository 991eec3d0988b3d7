import { AppError, isAppError, type Problem } from '@brine/common';

/** What the worker of an orchestration asks of its master. Bodies and answers are encoded values. */
export type WorkerVerb =
  | 'pin.read'
  | 'pin.write'
  | 'journal.read'
  | 'journal.changing'
  | 'journal.ended'
  | 'pauses.read'
  | 'minions'
  | 'function'
  | 'events'
  | 'resolve'
  | 'keep'
  | 'kept'
  | 'fire';

/** An error on its way between processes. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly problems: readonly Problem[];
}

/** What the master tells a worker. */
export type ToWorker =
  | { readonly kind: 'run'; readonly call: Uint8Array }
  | { readonly kind: 'answer'; readonly id: number; readonly body?: Uint8Array; readonly error?: WireError }
  | { readonly kind: 'cancel' };

/** What a worker tells its master. */
export type FromWorker =
  | { readonly kind: 'ask'; readonly id: number; readonly verb: WorkerVerb; readonly body: Uint8Array }
  | { readonly kind: 'progress'; readonly progress: OrchestrationProgress }
  | { readonly kind: 'finished'; readonly value: Uint8Array; readonly retcode: number }
  | { readonly kind: 'failed'; readonly error: WireError };

/** How far an orchestration is. */
export interface OrchestrationProgress {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly current?: string;
}

/** What of an error crosses: an AppError's words, of anything else what it says. */
export function toWireError(error: unknown): WireError {
  if (isAppError(error)) return { code: error.code, message: error.message, problems: error.problems };
  const message = `internal error: ${error instanceof Error ? error.message : String(error)}`;
  return { code: 'orchestration-failed', message, problems: [] };
}

/** The error that a {@link WireError} stands for. */
export function fromWireError({ code, message, problems }: WireError): AppError {
  return new AppError({ code, message, problems });
}
