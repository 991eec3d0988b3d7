import type { FromWorker, ToWorker } from '../src/worker/worker-messages.ts';
import type { WorkerEvents, WorkerLauncher } from '../src/daemon/worker-port.ts';

/** A worker that a test plays: what it was told, and what it says. */
export interface FakeWorker {
  readonly pid: number;
  readonly told: ToWorker[];
  isKilled: boolean;
  say(message: FromWorker): void;
  /** The process ends by itself. */
  exit(reason: string): void;
}

/** A launcher whose workers are played by a test. */
export interface FakeWorkers extends WorkerLauncher {
  readonly started: FakeWorker[];
}

/** Creates a launcher of fake workers; `onTold` sees every message to any of them. */
export function createFakeWorkers(onTold: (worker: FakeWorker, message: ToWorker) => void = () => {}): FakeWorkers {
  const started: FakeWorker[] = [];
  return {
    started,
    launch: (events: WorkerEvents) => {
      const worker: FakeWorker = {
        pid: 1000 + started.length,
        told: [],
        isKilled: false,
        say: (message) => events.onMessage(message),
        exit: (reason) => {
          if (worker.isKilled) return;
          worker.isKilled = true;
          events.onExit(reason);
        },
      };
      started.push(worker);
      return {
        pid: worker.pid,
        send: (message) => {
          worker.told.push(message);
          onTold(worker, message);
        },
        kill: async () => worker.exit('signal SIGKILL'),
      };
    },
  };
}
