import {
  decodeValue,
  encodeValue,
  pythonStr,
  systemClock,
  toValue,
  type Dict,
  type Logger,
  type Plain,
} from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { createCallEnvironment, type CallEnvironmentOptions, type OrchestrationSide } from '@brine/minion';
import { createPauseGate, type PauseStore } from '@brine/sls';
import { join } from 'node:path';
import { asDict, asList } from '../orchestration-record.ts';
import { readMarks } from '../orchestration-book.ts';
import { createMasterAsker, type MasterAsker } from './master-asker.ts';
import { createOrchestrationJournal } from './orchestration-journal.ts';
import { createStepPorts } from './step-port.ts';
import { toWireError, type FromWorker, type ToWorker } from './worker-messages.ts';

/** What a worker is made of. */
export interface OrchestrationWorkerParts {
  readonly config: MasterConfig;
  readonly configDirectory: string;
  readonly log: Logger;
  readonly send: (message: FromWorker) => void;
}

/** Runs one orchestration: the state engine of a masterless minion on the master's machine, with the master's trees. */
export function createOrchestrationWorker(parts: OrchestrationWorkerParts): { receive(message: ToWorker): void } {
  const asker = createMasterAsker((message) => parts.send(message));
  const cancelling = new AbortController();
  return {
    receive(message) {
      switch (message.kind) {
        case 'run':
          void run(asDict(decodeValue(message.call)), { ...parts, asker, signal: cancelling.signal });
          return;
        case 'cancel':
          cancelling.abort(new Error('the orchestration was aborted'));
          return;
        case 'answer':
          asker.receive(message);
      }
    },
  };
}

interface Surroundings extends OrchestrationWorkerParts {
  readonly asker: MasterAsker;
  readonly signal: AbortSignal;
}

async function run(call: Dict, surroundings: Surroundings): Promise<void> {
  const { send, log, signal } = surroundings;
  const jid = pythonStr(call.get('jid') ?? '');
  const environment = createCallEnvironment({
    ...environmentOf(surroundings),
    ...{ jid, log: log.child({ jid }), signal, clock: systemClock },
    user: pythonStr(call.get('user') ?? 'root'),
    orchestration: sideOf(jid, surroundings),
    onProgress: ({ done, total, failed, current }) =>
      send({ kind: 'progress', progress: { done, total, failed, ...(current === undefined ? {} : { current }) } }),
  });
  try {
    const fun = pythonStr(call.get('fun') ?? '');
    const { value } = await environment.run(fun, asList(call.get('positional')), asDict(call.get('keyword')));
    send({ kind: 'finished', value: encodeValue(value), retcode: environment.retcode() });
  } catch (error) {
    send({ kind: 'failed', error: toWireError(error) });
  } finally {
    await environment.close();
  }
}

/** The master as a masterless minion of its own machine: its id, its trees, a cache beside its own. */
function environmentOf({
  config,
  configDirectory,
}: OrchestrationWorkerParts): Pick<CallEnvironmentOptions, 'options' | 'minionId'> {
  const options = toValue(config as unknown as Plain) as Dict;
  options.set('conf_file', join(configDirectory, 'master'));
  options.set('config_dir', configDirectory);
  options.set('__role', 'master');
  options.set('file_client', 'local');
  options.set('cachedir', join(config.cachedir, 'orchestration'));
  return { options, minionId: config.id };
}

function sideOf(jid: string, { asker, signal }: Surroundings): OrchestrationSide {
  const journal = createOrchestrationJournal(asker, systemClock);
  const pauses = pausesOf(asker);
  return {
    ...{ journals: journal.journals, pin: journal.pin, pauses },
    portFor: createStepPorts({
      asker,
      isRetryable: journal.isRetryable,
      gate: createPauseGate({ store: pauses, jid, clock: systemClock, signal }),
    }),
    events: {
      fire: async (tag, payload) => void (await asker.ask('fire', { tag, payload })),
    },
  };
}

/** Marks are set by the runners of the master, which keeps them. */
function pausesOf(asker: MasterAsker): PauseStore {
  return {
    read: async () => readMarks(asDict(await asker.ask('pauses.read'))),
    write: () => Promise.reject(new Error('the marks of an orchestration are set on the master')),
    list: () => Promise.resolve([]),
  };
}
