import { endFamily } from './end-family.ts';
import { createJobWorker } from './job-worker.ts';
import { decodeToWorker, encodeWorkerMessage } from './worker-messages.ts';

// The program of a job worker: started by the daemon alone, with a channel to it.
const worker = createJobWorker({
  send: (message) => {
    if (process.connected) process.send?.(Buffer.from(encodeWorkerMessage(message)), () => {});
  },
});

process.on('message', (bytes) => worker.receive(decodeToWorker(bytes as Uint8Array)));
// Signals to the daemon's terminal are its own business; it tells its workers what to do.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// Without its daemon a job has nobody to answer to, and what it started must not go on unseen.
process.on('disconnect', () => void endFamily(process.pid));
process.send?.(Buffer.from(encodeWorkerMessage({ kind: 'ready' })));
