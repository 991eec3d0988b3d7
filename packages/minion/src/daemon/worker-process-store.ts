import { fork, type ChildProcess } from 'node:child_process';
import { decodeFromWorker, encodeWorkerMessage } from '../worker/worker-messages.ts';
import { endFamily } from '../worker/end-family.ts';
import type { WorkerEvents, WorkerLauncher, WorkerProcess } from './worker-port.ts';

/** Starts real worker processes from the built worker program at `entry`, each the leader of its own group. */
export function createWorkerLauncher(entry: string): WorkerLauncher {
  return { launch: (events) => launch(entry, events) };
}

function launch(entry: string, events: WorkerEvents): WorkerProcess {
  const child = fork(entry, [], {
    serialization: 'advanced',
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.on('message', (bytes) => events.onMessage(decodeFromWorker(bytes as unknown as Uint8Array)));
  let exited = false;
  const onExit = (reason: string): void => {
    if (!exited) events.onExit(reason);
    exited = true;
  };
  child.on('error', (error) => onExit(error.message));
  child.on('exit', (code, signal) => onExit(signal === null ? `exit status ${code}` : `signal ${signal}`));
  return {
    pid: child.pid ?? 0,
    send: (message) => {
      // A worker that is gone needs no answer; its exit is told separately.
      if (child.connected) child.send(Buffer.from(encodeWorkerMessage(message)), () => {});
    },
    kill: () => killAll(child, gone),
  };
}

async function killAll(child: ChildProcess, gone: Promise<void>): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  await endFamily(pid);
  await gone;
}
