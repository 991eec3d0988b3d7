import { fileURLToPath } from 'node:url';

/** Absolute path of the built program of a job worker. */
export function workerProgram(): string {
  // Node cannot run a worker from TypeScript: under the test runner the built file serves.
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(isSource ? '../../dist/worker/program.js' : '../worker/program.js', import.meta.url));
}
