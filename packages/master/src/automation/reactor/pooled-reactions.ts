import type { Clock, Logger } from '@brine/common';
import { answerWorker, type MasterFunctions } from '../../pillar/master-functions.ts';
import { createWorkerPool, type WorkerPool } from '../../pillar/worker-pool.ts';
import { decodeReactions, encodeReactionRequest } from './reaction-codec.ts';
import type { ReactionRenderer } from './reaction.ts';

/** What the renderer works with. */
export interface PooledReactionsOptions {
  readonly configDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What templates call of the master. */
  readonly functions: MasterFunctions;
}

/** Renders in a worker process, which reads the master's configuration itself. One is enough: events have an order. */
export function createPooledReactions({
  configDirectory,
  functions,
  ...rest
}: PooledReactionsOptions): ReactionRenderer & Pick<WorkerPool, 'renew'> {
  const pool = createWorkerPool({
    entry: new URL('./worker-process.js', import.meta.url),
    arguments: [configDirectory],
    size: 1,
    timeout: 120_000,
    idle: 30_000,
    onAsk: async (question) => answerWorker(question, functions),
    ...rest,
  });
  return {
    render: async (request) => decodeReactions(await pool.ask(encodeReactionRequest(request))),
    renew: () => pool.renew(),
    close: async () => pool.close(),
  };
}
