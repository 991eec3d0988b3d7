import { AppError, encodeValue, decodeValue, pythonStr, toValue, type Value } from '@brine/common';
import type { RunnerControl, WheelControl } from '@brine/api';
import type { OrchestrationPort } from '@brine/modules/kit';
import { asDict, asList } from '../orchestration/orchestration-record.ts';
import type { MasterAsker } from '../orchestration/worker/master-asker.ts';
import { toWireError, type FromWorker, type ToWorker } from '../orchestration/worker/worker-messages.ts';

/** What templates reach of the master in its own workers. */
export interface MasterFunctions {
  readonly runners: () => Pick<RunnerControl, 'run'>;
  readonly wheel: () => Pick<WheelControl, 'run'>;
  /** The user the master runs as: the files are its own. */
  readonly user: string;
}

/** A question of a worker, and its answer. */
export type WorkerAsk = Extract<FromWorker, { kind: 'ask' }>;
export type WorkerAnswer = Extract<ToWorker, { kind: 'answer' }>;

/** Runs the runner or wheel function that a template calls in a worker; what fails is the answer. */
export async function answerWorker(
  { id, body }: Pick<WorkerAsk, 'id' | 'body'>,
  functions: MasterFunctions,
): Promise<WorkerAnswer> {
  try {
    return { kind: 'answer', id, body: encodeValue(await runFunction(decodeValue(body), functions)) };
  } catch (error) {
    return { kind: 'answer', id, error: toWireError(error) };
  }
}

async function runFunction(asked: Value, { runners, wheel, user }: MasterFunctions): Promise<Value> {
  const body = asDict(asked);
  const call = {
    fun: pythonStr(body.get('fun') ?? ''),
    positional: asList(body.get('positional')),
    keyword: asDict(body.get('keyword')),
  };
  const caller = { via: 'master', user } as const;
  if (body.get('kind') === 'wheel') {
    const { data } = await wheel().run(call, caller);
    const isSuccess = data.get('success') === true;
    return toValue({ jid: data.get('jid') ?? null, value: data.get('return') ?? null, isSuccess });
  }
  const { value, retcode, announced } = await runners().run(call, caller);
  return toValue({ jid: announced?.jid ?? null, value, isSuccess: retcode === 0 });
}

/** The master as templates reach it in a worker: its runner and wheel functions, and no jobs on minions. */
export function createMasterPort(asker: Pick<MasterAsker, 'ask'>): OrchestrationPort {
  const notHere = async (): Promise<never> => {
    throw new AppError({
      code: 'template-job-refused',
      message: 'templates of the master run no jobs on minions: use a runner, or the mine',
    });
  };
  return {
    async runOnMaster({ kind, fun, positional, keyword }) {
      const answer = asDict(await asker.ask('function', { kind, fun, positional: [...positional], keyword }));
      const jid = answer.get('jid');
      return {
        ...(typeof jid === 'string' ? { jid } : {}),
        value: answer.get('value') ?? null,
        isSuccess: answer.get('isSuccess') === true,
      };
    },
    ...{ runOnMinions: notHere, awaitEvents: notHere, resolve: notHere, keep: notHere, kept: notHere, gate: notHere },
  };
}
