import {
  decodeMessage,
  encodeMessage,
  type JobMessage,
  type JobProgress,
  type JobStatus,
  type Problem,
} from '@brine/common';
import type { ManagedFile } from '@brine/sls';
import type { LeftFile } from '../converge/left-files.ts';

/** What a failed request to the master carries across the process boundary. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly problems: readonly Problem[];
}

/** How a job ended in its worker. */
export interface JobOutcome {
  readonly status: Extract<JobStatus, 'ok' | 'failed' | 'refused' | 'cancelled'>;
  /** `encodeValue` bytes. */
  readonly value: Uint8Array;
  /** The same with its secrets, for nobody but who asked for the job. */
  readonly sealedValue?: Uint8Array;
  readonly retcode: number;
  readonly outputter?: string;
  /** The version of the pillar that the run worked with; absent when it looked at none. */
  readonly pillarVersion?: string;
}

/** What the daemon tells a worker. */
export type ToWorker =
  | {
      readonly kind: 'run';
      readonly job: Pick<JobMessage, 'jid' | 'fun' | 'argument' | 'keywordArgument' | 'user'> &
        Partial<Pick<JobMessage, 'target' | 'revealTo' | 'asker'>>;
      /** A job of the minion's own writes its tree down, or works from the one written down while the master is away. */
      readonly tree?: 'record' | 'replay';
      /** The function does not see the pillar, as `pillar` in its context; what compiles one does. */
      readonly withoutPillar?: boolean;
      /** `encodeValue` of the options: the minion's configuration with what the master decides. */
      readonly options: Uint8Array;
      /** `encodeValue` of the grains; absent while they are not known, then the worker collects them. */
      readonly grains?: Uint8Array;
    }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'answer'; readonly request: number; readonly body?: Uint8Array; readonly error?: WireError };

/** What a worker tells the daemon. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'request'; readonly request: number; readonly verb: string; readonly body: Uint8Array }
  | { readonly kind: 'progress'; readonly progress: JobProgress }
  /** The grains were collected anew. */
  | { readonly kind: 'grains'; readonly grains: Uint8Array }
  /** The pillar was compiled: `encodeValue` of the part that the daemon works by. */
  | { readonly kind: 'pillar'; readonly pillar: Uint8Array }
  /** A highstate is under way: the files that it manages. */
  | { readonly kind: 'managed'; readonly files: readonly ManagedFile[] }
  /** A run of the converge loop is over: its files as it left them. */
  | { readonly kind: 'left'; readonly files: readonly LeftFile[] }
  | {
      readonly kind: 'log';
      readonly level: 'error' | 'warn' | 'info' | 'debug' | 'trace';
      readonly message: string;
      readonly data: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'finished'; readonly outcome: JobOutcome };

/** A message as the bytes that cross the process boundary. */
export function encodeWorkerMessage(message: ToWorker | FromWorker): Uint8Array {
  return encodeMessage(message);
}

/** Reads what the daemon sent; both ends are one program, so the shape is taken on trust. */
export function decodeToWorker(bytes: Uint8Array): ToWorker {
  return decodeMessage(bytes) as ToWorker;
}

/** Reads what a worker sent. */
export function decodeFromWorker(bytes: Uint8Array): FromWorker {
  return decodeMessage(bytes) as FromWorker;
}
