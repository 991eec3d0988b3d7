import { bindRequest, readFlag, type RequestArguments } from './request-arguments.ts';
import {
  runHigh,
  runHighstate,
  runLow,
  runSingle,
  runSls,
  runSlsId,
  runTemplate,
  runTemplateText,
  runTop,
} from './run-requests.ts';
import { setUpRun, type RunSetup } from './run-setup.ts';
import {
  idExists,
  showHighstate,
  showLowSls,
  showLowstate,
  showSls,
  showStates,
  showStateUsage,
  showTop,
  slsExists,
} from './show-requests.ts';
import type { StateAnswer, StateRequestKind, StateRunPorts, StateRuns } from './state-runs.ts';
import { describeHolder, withLock, type LockState } from './with-lock.ts';

type Handler = (setup: RunSetup) => Promise<StateAnswer>;

const runs: Partial<Record<StateRequestKind, Handler>> = {
  apply: (setup) => (hasMods(setup.arguments) ? runSls(setup) : runHighstate(setup)),
  highstate: runHighstate,
  sls: runSls,
  sls_id: runSlsId,
  single: runSingle,
  high: runHigh,
  low: runLow,
  template: runTemplate,
  template_str: runTemplateText,
  top: runTop,
};

const shows: Partial<Record<StateRequestKind, Handler>> = {
  show_highstate: showHighstate,
  show_lowstate: showLowstate,
  show_sls: showSls,
  show_low_sls: showLowSls,
  show_states: showStates,
  show_top: showTop,
  show_state_usage: showStateUsage,
  sls_exists: slsExists,
  id_exists: idExists,
};

/** The `state.*` functions over a minion's ports. Runs take the state lock; what only shows does not. */
export function createStateRuns(ports: StateRunPorts): StateRuns {
  const state: LockState = { isHeld: false };
  return {
    async run(request) {
      const given = bindRequest(request);
      const { kind } = request;
      const run = runs[kind];
      if (run !== undefined) return withLock({ ports, kind, given, state }, () => handle(run, ports, { kind, given }));
      const show = shows[kind];
      return show === undefined ? listRunning(ports, given) : handle(show, ports, { kind, given });
    },
  };
}

interface BoundRequest {
  readonly kind: StateRequestKind;
  readonly given: RequestArguments;
}

async function handle(handler: Handler, ports: StateRunPorts, { kind, given }: BoundRequest): Promise<StateAnswer> {
  const setup = await setUpRun(ports, kind, given);
  return 'execute' in setup ? handler(setup) : setup;
}

async function listRunning(ports: StateRunPorts, given: RequestArguments): Promise<StateAnswer> {
  const isConcurrent = readFlag(given.get('concurrent'), 'concurrent') === true;
  const holders = isConcurrent ? [] : await ports.lock.holders();
  return { value: holders.map(describeHolder), retcode: 0 };
}

function hasMods(given: RequestArguments): boolean {
  const mods = given.get('mods');
  return mods !== undefined && mods !== '' && !(Array.isArray(mods) && mods.length === 0);
}
