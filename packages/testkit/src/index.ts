export { createManualClock, type ManualClock } from './clock/manual-clock.ts';
export { createFakeHost, type FakeHost, type FakeHostSetup, type FakeProgram } from './fake-host/fake-host.ts';
export { FakeFiles, type FakeEntry } from './fake-host/fake-files.ts';
export { fakeApt, type FakeAptSetup } from './fake-programs/fake-apt.ts';
export { fakeAccounts } from './fake-programs/fake-accounts.ts';
export { checkHistory, type JobHistory, type JobOnMinion } from './history/check-history.ts';
export { describeState } from './laws/describe-state.ts';
export type { StateCase, StateSurroundings } from './laws/state-case.ts';
export { describeRealState, type RealStateCase } from './laws/describe-real-state.ts';
export { createStateContext } from './laws/state-context.ts';
export { createMemoryTree, type MemoryTreeEntry } from './memory-tree/memory-tree.ts';
export {
  createStateWorld,
  resultsOf,
  type StateWorld,
  type StateWorldSetup,
  type WorldResult,
} from './state-world/state-world.ts';
export { createFakeDocker, type FakeDocker } from './fake-services/fake-docker.ts';
export { startTroubledServer, type Trouble, type TroubledServer } from './fake-services/troubled-server.ts';
