import { fork, type ChildProcess } from 'node:child_process';
import type { Clock, Logger, Timer } from '@brine/common';

/** What a pool works with. */
export interface WorkerPoolOptions {
  /** The program of a worker; it answers each message `{ id, body }` with `{ id, body }`. */
  readonly entry: URL;
  readonly arguments: readonly string[];
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
}

/** Creates a pool; no process is started yet. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const workers = new Set<Worker>();
  const waiting: Question[] = [];
  let isClosed = false;

  function next(): void {
    if (waiting.length === 0) return;
    const free = [...workers].find(({ question }) => question === undefined);
    const worker = free ?? (workers.size < options.size ? start() : undefined);
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

  function start(): Worker {
    const child = fork(options.entry, [...options.arguments], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const worker: Worker = { child, question: undefined, timer: undefined };
    workers.add(worker);
    child.on('message', ({ body }: { body: Uint8Array }) => {
      settle(worker, body);
      rest(worker);
      next();
    });
    child.on('error', (error) => options.logger.error('a worker process cannot be used', { error }));
    child.on('exit', (code, signal) => {
      workers.delete(worker);
      settle(worker, new Error(`the worker process ended (${signal ?? code})`));
      if (!isClosed) next();
    });
    return worker;
  }

  /** One worker stays warm, the others end when there is nothing to do. */
  function rest(worker: Worker): void {
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

  return {
    ask: async (body) =>
      new Promise((resolve, reject) => {
        waiting.push({ body, resolve, reject });
        next();
      }),
    async close() {
      isClosed = true;
      for (const question of waiting.splice(0)) question.reject(new Error('the master stops'));
      const ended = [...workers].map(async ({ child }) => new Promise((resolve) => child.once('exit', resolve)));
      for (const { child } of workers) child.kill('SIGKILL');
      await Promise.all(ended);
    },
  };
}
