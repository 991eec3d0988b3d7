import { pythonStr, type StateAnswer, type StateRequest, type StateRequestKind, type StateRuns } from '@brine/common';
import { bindRequest, readFlag, refused, type RequestArguments } from './request-arguments.ts';
import {
  runCompiled,
  runHigh,
  runDrift,
  runHighstate,
  runSls,
  runSlsId,
  runTemplate,
  runTemplateText,
  runTop,
} from './run-requests.ts';
import { runLow, runSingle } from './run-loose-step.ts';
import { checkStates } from './check-states.ts';
import { listPauses, pauseRun, resumeRun, softKillRun } from './pause-requests.ts';
import { setUpRun, type RunSetup } from './run-setup.ts';
import { showGraph } from './show-graph.ts';
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
import type { StateRunPorts } from './state-run-ports.ts';
import { clearRequests, keepRequest, runKeptRequest, showRequests } from './stored-requests.ts';
import { describeHolder, withLock, type LockState } from './with-lock.ts';

type Handler = (setup: RunSetup) => Promise<StateAnswer>;

const runs: Partial<Record<StateRequestKind, Handler>> = {
  apply: (setup) => (hasMods(setup.arguments) ? runSls(setup) : runHighstate(setup)),
  highstate: (setup) => runHighstate(setup),
  converge: (setup) => runHighstate(setup),
  drift: runDrift,
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
  show_graph: showGraph,
  check: checkStates,
};

type Control = (ports: StateRunPorts, given: RequestArguments) => Promise<StateAnswer>;

/** What needs neither the tree nor the pillar. */
const controls: Partial<Record<StateRequestKind, Control>> = {
  running: listRunning,
  check_request: showRequests,
  clear_request: clearRequests,
  pause: pauseRun,
  resume: resumeRun,
  soft_kill: softKillRun,
  get_pauses: listPauses,
};

const keptRequests: Partial<Record<StateRequestKind, typeof keepRequest>> = {
  request: keepRequest,
  run_request: runKeptRequest,
};

/** The `state.*` functions over a minion's ports. Runs take the state lock; what only shows does not. */
export function createStateRuns(ports: StateRunPorts): StateRuns {
  const state: LockState = { isHeld: false };

  async function run(request: StateRequest): Promise<StateAnswer> {
    const given = bindRequest(request);
    const { kind } = request;
    for (const name of given.unread)
      ports.log.warn('left out an unknown argument', { function: `state.${kind}`, name });
    const kept = keptRequests[kind];
    if (kept !== undefined) return kept(ports, request, run);
    const control = controls[kind];
    if (control !== undefined) return control(ports, given);
    const handler = runs[kind];
    if (handler !== undefined)
      return withLock({ ports, kind, given, state }, () => handle(handler, ports, { kind, given }));
    const show = shows[kind];
    if (show === undefined) throw refused(`there is no state.${kind}`);
    return handle(show, ports, { kind, given });
  }

  return { run };
}

interface BoundRequest {
  readonly kind: StateRequestKind;
  readonly given: RequestArguments;
}

async function handle(handler: Handler, ports: StateRunPorts, { kind, given }: BoundRequest): Promise<StateAnswer> {
  const answer = async (own: StateRunPorts): Promise<StateAnswer> => {
    const setup = await setUpRun(own, kind, given);
    if (!('execute' in setup)) return setup;
    const pinned = await ports.pin?.read();
    return pinned === undefined ? handler(setup) : runCompiled(setup, pinned);
  };
  const file = given.get('localconfig');
  if (file === undefined) return answer(ports);
  if (ports.withLocalConfig === undefined) throw refused('localconfig is not available here');
  const local = await ports.withLocalConfig(pythonStr(file));
  try {
    return await answer(local.ports);
  } finally {
    await local.close();
  }
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
