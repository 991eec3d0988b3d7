import {
  AppError,
  formatProblem,
  pythonStr,
  type Dict,
  type Problem,
  type Value,
  type StateAnswer,
  type StateRequestKind,
} from '@brine/common';
import { hasError } from '../compile/compile-states.ts';
import type { HighDataSource } from '../high/high-loader.ts';
import type { Step } from '../compile/step.ts';
import { createPauseGate } from '../run/pause-gate.ts';
import { runSteps, type StateReturns } from '../run/run-steps.ts';
import { readFlag, readPillarOverride, refused, type RequestArguments } from './request-arguments.ts';
import type { PillarRequest, StateRunPorts } from './state-run-ports.ts';

/** One run, set up: its environment, pillar and mode. */
export interface RunSetup {
  readonly ports: StateRunPorts;
  readonly arguments: RequestArguments;
  /** The configuration as this run sees it. */
  readonly options: Dict;
  /** The environment that the call or the configuration names. */
  readonly saltenv: string | undefined;
  readonly test: boolean;
  /** What files are rendered with. */
  readonly source: HighDataSource;
  /** The same run with the grains as they are by now, and with a pillar compiled from them; or why there is none. */
  renew(): Promise<RunSetup | StateAnswer>;
  /** Runs compiled steps. */
  execute(steps: readonly Step[], part?: RunPart): Promise<StateReturns>;
}

/** Which of the compiled steps are run. */
export type RunPart = Pick<Parameters<typeof runSteps>[1], 'only' | 'focus' | 'isWhole'>;

const pillarFailure = 5;
const compileFailure = 1;

/** Sets a run up, or answers why its pillar does not compile. */
export async function setUpRun(
  ports: StateRunPorts,
  kind: StateRequestKind,
  given: RequestArguments,
): Promise<RunSetup | StateAnswer> {
  const options = readOptions(ports, given);
  const request = pillarRequest(options, given, await pillarOverride(ports, given));
  const answer = await ports.pillar(request);
  if (hasError(answer.problems)) return pillarAnswer(answer.problems);
  let { pillar } = answer;
  const test = readFlag(given.get('test'), 'test') ?? options.get('test') === true;
  options.set('test', test);
  const saltenv = textOption(options, 'saltenv');
  const sourceNow = (): HighDataSource => sourceOf(ports, pillar, options);
  const mocked = readFlag(given.get('mock'), 'mock') ?? false;
  const reload = async (what: 'modules' | 'grains' | 'pillar'): Promise<void> => {
    if (what !== 'pillar') return ports.reload?.(what);
    const renewed = await ports.pillar({ ...request, refresh: true });
    if (hasError(renewed.problems)) throw pillarError(renewed.problems);
    ({ pillar } = renewed);
    return undefined;
  };
  const setup: RunSetup = {
    ports,
    arguments: given,
    options,
    saltenv,
    test,
    source: sourceNow(),
    renew: async () => {
      const renewed = await ports.pillar({ ...request, refresh: true });
      if (hasError(renewed.problems)) return pillarAnswer(renewed.problems);
      ({ pillar } = renewed);
      options.set('grains', ports.grains());
      return { ...setup, source: sourceNow() };
    },
    execute: (steps, part = {}) =>
      runSteps(steps, {
        ...runPorts(ports),
        function: `state.${kind}`,
        options,
        test,
        mocked,
        pillar: () => pillar,
        reload,
        ...part,
      }),
  };
  return setup;
}

function sourceOf(ports: StateRunPorts, pillar: Dict, options: Dict): HighDataSource {
  const { files, renderer } = ports;
  const autoOrder = options.get('state_auto_order') !== false;
  return { files, renderer, context: { grains: ports.grains(), pillar, options }, autoOrder };
}

function pillarAnswer(problems: readonly Problem[]): StateAnswer {
  const lines = ['Pillar failed to render with the following messages:', ...describeErrors(problems)];
  return { value: lines, retcode: pillarFailure };
}

type RunPorts = Pick<
  Parameters<typeof runSteps>[1],
  | 'library'
  | 'conditions'
  | 'grains'
  | 'minionId'
  | 'jid'
  | 'clock'
  | 'log'
  | 'signal'
  | 'onProgress'
  | 'events'
  | 'gate'
  | 'journals'
>;

function runPorts(ports: StateRunPorts): RunPorts {
  const { library, conditions, minionId, jid, clock, log, signal, progress, events, pauses, journals } = ports;
  return {
    library,
    conditions,
    minionId,
    jid,
    clock,
    log,
    signal,
    grains: () => ports.grains(),
    ...(progress && { onProgress: progress }),
    ...(events && { events }),
    ...(pauses && { gate: createPauseGate({ store: pauses, jid, clock, signal }) }),
    ...(journals && { journals }),
  };
}

function readOptions(ports: StateRunPorts, given: RequestArguments): Dict {
  const options: Dict = new Map(ports.options);
  const saltenv = given.get('saltenv');
  if (saltenv !== undefined) {
    if (options.get('lock_saltenv') === true && options.get('saltenv') !== pythonStr(saltenv)) {
      throw refused('lock_saltenv is enabled, saltenv cannot be changed');
    }
    options.set('saltenv', pythonStr(saltenv));
  }
  const events = readFlag(given.get('state_events'), 'state_events');
  if (events !== undefined) options.set('state_events', events);
  return options;
}

/** What `pillar=` brings, decrypted as `pillar_enc=` says. */
async function pillarOverride(ports: StateRunPorts, given: RequestArguments): Promise<Dict | undefined> {
  const [pillar, encryption] = [given.get('pillar'), given.get('pillar_enc')];
  if (encryption === undefined || pillar === undefined) return readPillarOverride(pillar);
  if (ports.decryptPillar === undefined) throw refused('pillar_enc is not available here');
  return readPillarOverride(await ports.decryptPillar(pillar, pythonStr(encryption).toLowerCase()));
}

function pillarRequest(options: Dict, given: RequestArguments, override: Dict | undefined): PillarRequest {
  const saltenv = given.get('saltenv');
  const followsSaltenv = options.get('pillarenv_from_saltenv') === true;
  const pillarenv = given.get('pillarenv') ?? (followsSaltenv ? saltenv : undefined);
  if (pillarenv !== undefined) options.set('pillarenv', pythonStr(pillarenv));
  return {
    ...(override === undefined ? {} : { override }),
    ...(pillarenv === undefined ? {} : { pillarenv: pythonStr(pillarenv) }),
    ...(saltenv === undefined ? {} : { saltenv: pythonStr(saltenv) }),
  };
}

function textOption(options: Dict, key: string): string | undefined {
  const value = options.get(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function pillarError(problems: readonly Problem[]): AppError {
  return new AppError({ code: 'pillar-render', message: 'Pillar failed to render', problems });
}

/** The errors among problems as the lines that a failed compile returns. */
export function describeErrors(problems: readonly Problem[]): Value[] {
  return problems.filter(({ severity }) => severity === 'error').map(describeError);
}

// Scripts look for Salt's sentence where it stands alone.
function describeError(problem: Problem): string {
  const text = formatProblem(problem);
  return problem.span === undefined ? text.replace(/^error: /, '') : text;
}

/** The answer of a compile that failed; `undefined` when it did not. */
export function compileErrors(problems: readonly Problem[]): StateAnswer | undefined {
  return hasError(problems) ? { value: describeErrors(problems), retcode: compileFailure } : undefined;
}

/** Tells the log what works in the files of a run but is hardly meant. */
export function logWarnings({ ports }: RunSetup, problems: readonly Problem[]): void {
  for (const problem of problems) {
    if (problem.severity !== 'warning') continue;
    ports.log.warn('state file has a questionable part', { problem: formatProblem(problem) });
  }
}
