import { runWorkerProgram } from './run-worker-program.ts';

// Started by the daemon alone, with a channel to it.
runWorkerProgram();
