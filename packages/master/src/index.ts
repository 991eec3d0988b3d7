export { runMasterProgram } from './daemon/master-program.ts';
export { masterFailpoints } from './daemon/failpoints.ts';
export { startMaster, type RunningMaster, type StartMasterOptions } from './daemon/start-master.ts';
export { masterErrors } from './errors.ts';
export { generateMinionKeys } from './keys/generate-key-store.ts';
export { openOfflineKeys } from './keys/offline-keys.ts';
export { runnerDeclarations } from './runners/table.ts';
export type { RunnerContext, RunnerDeclaration } from './runners/define-runner.ts';
