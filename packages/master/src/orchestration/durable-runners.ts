/** The runners that begin an orchestration: after a restart of the master they are taken up, not begun again. */
export const durableRunners: ReadonlySet<string> = new Set([
  ...['state.orchestrate', 'state.orch', 'state.sls', 'state.orchestrate_single', 'state.orchestrate_high'],
  ...['state.highstate', 'rollout.start'],
]);
