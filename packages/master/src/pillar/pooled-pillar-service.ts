import { AppError, formatProblems, type Clock, type Logger } from '@brine/common';
import { answerWorker, type MasterFunctions } from './master-functions.ts';
import { decodePillarAnswer, encodePillarRequest } from './pillar-codec.ts';
import type { MinionPillar, PillarRequest, PillarService } from './pillar-service.ts';
import { createWorkerPool, type WorkerPool } from './worker-pool.ts';

/** What the service works with. */
export interface PooledPillarOptions {
  readonly configDirectory: string;
  /** Workers at most. */
  readonly size: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What templates of pillar call of the master. */
  readonly functions: MasterFunctions;
}

/** Compiles pillars in worker processes, which read the master's configuration themselves. */
export function createPooledPillarService(options: PooledPillarOptions): PillarService & Pick<WorkerPool, 'renew'> {
  const { clock, logger } = options;
  const pool = createWorkerPool({
    entry: new URL('./worker-process.js', import.meta.url),
    arguments: [options.configDirectory],
    size: options.size,
    timeout: 120_000,
    idle: 30_000,
    onAsk: async (question) => answerWorker(question, options.functions),
    clock,
    logger,
  });
  return {
    compile: async (request) => compile(request, async (body) => pool.ask(body)),
    renew: () => pool.renew(),
    close: async () => pool.close(),
  };
}

async function compile(request: PillarRequest, ask: (body: Uint8Array) => Promise<Uint8Array>): Promise<MinionPillar> {
  const { minion } = request;
  let body: Uint8Array;
  try {
    body = await ask(encodePillarRequest(request));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError({
      code: 'pillar-failed',
      message: `the pillar of ${minion} was not compiled: ${reason}`,
      cause,
    });
  }
  const answer = decodePillarAnswer(body);
  if (answer.kind === 'pillar') return answer;
  const message = `the pillar of ${minion} does not compile:\n${formatProblems(answer.problems)}`;
  throw new AppError({ code: 'pillar-failed', message, problems: answer.problems });
}
