export { createWorkerPool, type WorkerPool, type WorkerResult } from './daemon/worker-pool.ts';
export { createWorkerLauncher } from './daemon/worker-process-store.ts';
export { workerProgram } from './daemon/worker-program.ts';
