import { fork, type ChildProcess } from 'node:child_process';
import type { Clock, Logger, Timer } from '@brine/common';
import type { WorkerAnswer, WorkerAsk } from './master-functions.ts';

/** What a pool works with. */
export interface WorkerPoolOptions {
  /** The program of a worker; it answers each message `{ id, body }` with `{ id, body }`. */
  readonly entry: URL;
  readonly arguments: readonly string[];
  /** Answers what a worker asks while it is at work: `{ kind: 'ask', … }`. Never rejects; without it nothing is to be asked. */
  readonly onAsk?: (question: WorkerAsk) => Promise<WorkerAnswer>;
  /** How many workers at most. They are started when needed and one is kept. */
  readonly size: number;
  /** Milliseconds after which a worker that has not answered is killed. */
  readonly timeout: number;
  /** Milliseconds after which a worker without work ends. */
  readonly idle: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Child processes that answer one request at a time each. */
export interface WorkerPool {
  /** Rejects when the worker dies or does not answer in time. */
  ask(body: Uint8Array): Promise<Uint8Array>;
  /** Answers what comes from now on by new processes; those that are at work finish first. */
  renew(): void;
  close(): Promise<void>;
}

interface Question {
  readonly body: Uint8Array;
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface Worker {
  readonly child: ChildProcess;
  question: Question | undefined;
  timer: Timer | undefined;
  /** Ends when it has answered. */
  isRetired: boolean;
}

/** Creates a pool; no process is started yet. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const pool: Pool = { options, workers: new Set(), waiting: [], isClosed: false };
  return {
    ask: async (body) =>
      new Promise((resolve, reject) => {
        pool.waiting.push({ body, resolve, reject });
        serveNext(pool);
      }),
    renew() {
      for (const worker of pool.workers) {
        worker.isRetired = true;
        if (worker.question === undefined) worker.child.disconnect();
      }
    },
    async close() {
      pool.isClosed = true;
      for (const question of pool.waiting.splice(0)) question.reject(new Error('the master stops'));
      const ended = [...pool.workers].map(async ({ child }) => new Promise((resolve) => child.once('exit', resolve)));
      for (const { child } of pool.workers) child.kill('SIGKILL');
      await Promise.all(ended);
    },
  };
}

interface Pool {
  readonly options: WorkerPoolOptions;
  readonly workers: Set<Worker>;
  readonly waiting: Question[];
  isClosed: boolean;
}

function serveNext(pool: Pool): void {
  const { workers, waiting, options } = pool;
  if (waiting.length === 0 || pool.isClosed) return;
  const free = [...workers].find(({ question, isRetired }) => question === undefined && !isRetired);
  const worker = free ?? (countActive(workers) < options.size ? startWorker(pool) : undefined);
  const question = worker === undefined ? undefined : waiting.shift();
  if (worker === undefined || question === undefined) return;
  worker.question = question;
  worker.timer?.cancel();
  worker.timer = options.clock.after(options.timeout, () => {
    settle(worker, new Error(`no answer within ${options.timeout} ms`));
    worker.child.kill('SIGKILL');
  });
  worker.child.send({ body: question.body });
}

/** Retired ones are about to end, and hold up nobody. */
function countActive(workers: ReadonlySet<Worker>): number {
  return [...workers].filter(({ isRetired }) => !isRetired).length;
}

function startWorker(pool: Pool): Worker {
  const { options, workers } = pool;
  const child = fork(options.entry, [...options.arguments], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const worker: Worker = { child, question: undefined, timer: undefined, isRetired: false };
  workers.add(worker);
  child.on('message', (message: WorkerAsk | { readonly kind?: undefined; readonly body: Uint8Array }) => {
    if (message.kind === 'ask') {
      void options.onAsk?.(message).then((answer) => child.connected && child.send(answer));
      return;
    }
    settle(worker, message.body);
    rest(worker, pool);
    serveNext(pool);
  });
  child.on('error', (error) => options.logger.error('a worker process cannot be used', { error }));
  child.on('exit', (code, signal) => {
    workers.delete(worker);
    settle(worker, new Error(`the worker process ended (${signal ?? code})`));
    serveNext(pool);
  });
  return worker;
}

/** One worker stays warm, the others end when there is nothing to do. */
function rest(worker: Worker, { options, workers }: Pool): void {
  if (worker.isRetired) {
    worker.child.disconnect();
    return;
  }
  worker.timer = options.clock.after(options.idle, () => {
    if (workers.size > 1 && worker.question === undefined) worker.child.disconnect();
  });
}

function settle(worker: Worker, answer: Uint8Array | Error): void {
  worker.timer?.cancel();
  const question = worker.question;
  worker.question = undefined;
  if (answer instanceof Error) question?.reject(answer);
  else question?.resolve(answer);
}
