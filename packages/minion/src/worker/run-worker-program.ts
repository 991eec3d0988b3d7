import { noFailpoints, type Failpoints } from '@brine/common';
import { endFamily } from './end-family.ts';
import { createJobWorker } from './job-worker.ts';
import { decodeToWorker, encodeWorkerMessage, type FromWorker } from './worker-messages.ts';

/**
 * Runs the program of a job worker, which the daemon alone starts, with a channel to it. Fault tests hand in failpoints;
 * nothing else can.
 */
export function runWorkerProgram(failpoints: Failpoints = noFailpoints): void {
  let isWarm = false;
  const worker = createJobWorker(
    {
      send: (message) => {
        send(message);
        if (message.kind !== 'finished' || isWarm) return;
        isWarm = true;
        setImmediate(() => void warmUp());
      },
    },
    failpoints,
  );
  process.on('message', (bytes) => worker.receive(decodeToWorker(bytes as Uint8Array)));
  // Signals to the daemon's terminal are its own business; it tells its workers what to do.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  // Without its daemon a job has nobody to answer to, and what it started must not go on unseen.
  process.on('disconnect', () => void endFamily(process.pid));
  send({ kind: 'ready' });
}

function send(message: FromWorker): void {
  if (process.connected) process.send?.(Buffer.from(encodeWorkerMessage(message)), () => {});
}

/** Reads what state runs need while there is nothing to do; the first job of a worker is only to collect grains. */
async function warmUp(): Promise<void> {
  await Promise.all([
    import('../call/call-templates.ts'),
    import('../call/call-tree.ts'),
    import('../call/state-engine.ts'),
  ]);
}
