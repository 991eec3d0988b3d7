import { fork, type ChildProcess } from 'node:child_process';
import { decodeValue, encodeValue, type AppError, type Dict, type Value } from '@brine/common';
import { asDict } from './orchestration-record.ts';
import {
  fromWireError,
  toWireError,
  type FromWorker,
  type OrchestrationProgress,
  type ToWorker,
  type WorkerVerb,
} from './worker/worker-messages.ts';

/** How the process of an orchestration ended. */
export type WorkerEnd =
  | { readonly kind: 'finished'; readonly value: Value; readonly retcode: number }
  | { readonly kind: 'failed'; readonly error: AppError }
  /** The process is gone without a word. */
  | { readonly kind: 'lost'; readonly reason: string };

/** A process that runs one orchestration. */
export interface OrchestrationChild {
  readonly end: Promise<WorkerEnd>;
  /** Asks it to end before the next step. */
  cancel(): void;
  /** Ends it and everything it started. */
  kill(): void;
}

/** What a process is started with. */
export interface ChildOptions {
  readonly configDirectory: string;
  /** What it is to do, encoded as the worker reads it. */
  readonly call: Dict;
  readonly answer: (verb: WorkerVerb, body: Dict) => Promise<Value>;
  readonly onProgress: (progress: OrchestrationProgress) => void;
}

/** Starts the process of an orchestration. */
export function startOrchestrationChild(options: ChildOptions): OrchestrationChild {
  const child = fork(new URL('./worker/worker-process.js', import.meta.url), [options.configDirectory], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const tell = (message: ToWorker): void => void (child.connected && child.send(message));
  const end = new Promise<WorkerEnd>((resolve) => {
    child.on('message', (raw) => {
      const message = raw as FromWorker;
      switch (message.kind) {
        case 'ask':
          void answerAsk(message, options, tell);
          return;
        case 'progress':
          options.onProgress(message.progress);
          return;
        case 'finished':
          resolve({ kind: 'finished', value: decodeValue(message.value), retcode: message.retcode });
          disconnect(child);
          return;
        case 'failed':
          resolve({ kind: 'failed', error: fromWireError(message.error) });
          disconnect(child);
      }
    });
    child.on('error', (error) => resolve({ kind: 'lost', reason: error.message }));
    child.on('exit', (code, signal) => resolve({ kind: 'lost', reason: `its process ended (${signal ?? code})` }));
  });
  tell({ kind: 'run', call: encodeValue(options.call) });
  return { end, cancel: () => tell({ kind: 'cancel' }), kill: () => disconnect(child) };
}

/** A worker whose master is gone ends itself and what it started. */
function disconnect(child: ChildProcess): void {
  if (child.connected) child.disconnect();
}

async function answerAsk(
  { id, verb, body }: Extract<FromWorker, { kind: 'ask' }>,
  { answer }: ChildOptions,
  tell: (message: ToWorker) => void,
): Promise<void> {
  try {
    tell({ kind: 'answer', id, body: encodeValue(await answer(verb, asDict(decodeValue(body)))) });
  } catch (error) {
    tell({ kind: 'answer', id, error: toWireError(error) });
  }
}
