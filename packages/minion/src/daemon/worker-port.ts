import type { FromWorker, ToWorker } from '../worker/worker-messages.ts';

/** A worker process as the daemon sees it. */
export interface WorkerProcess {
  readonly pid: number;
  send(message: ToWorker): void;
  /** Ends the process and everything it started, at once. */
  kill(): Promise<void>;
}

/** What happens in a worker process. */
export interface WorkerEvents {
  onMessage(message: FromWorker): void;
  /** The process is gone; comes once, however it ended. `reason` is e.g. `signal SIGKILL`. */
  onExit(reason: string): void;
}

/** Starts worker processes. */
export interface WorkerLauncher {
  launch(events: WorkerEvents): WorkerProcess;
}
