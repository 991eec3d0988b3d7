export { minionFailpoints } from './daemon/failpoints.ts';
export { workerFailpoints } from './worker/failpoints.ts';
export { createCallEnvironment, type CallEnvironment } from './call/call-environment.ts';
export { createCompileCalls, type CompileCalls, type CompileCallsOptions } from './call/compile-calls.ts';
export type { CallEnvironmentOptions, OrchestrationSide } from './call/call-request.ts';
export { endFamily } from './worker/end-family.ts';
export type { MasterLink } from './call/master-link.ts';
export { minionErrors } from './errors.ts';
