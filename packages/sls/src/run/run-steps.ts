import { isDict, type Dict, type Value } from '@brine/common';
import type { Step } from '../compile/step.ts';
import { createRequisiteGraph } from '../requisites/requisite-graph.ts';
import { planRunOrder } from '../requisites/run-order.ts';
import { aggregatePackages } from './aggregate-packages.ts';
import { splitDisabled } from './disabled-functions.ts';
import { assume, isCalledFor, narrowToFocus } from './focus.ts';
import { findListeners, type Listener } from './find-listeners.ts';
import { lookAhead } from './look-ahead.ts';
import { toBeacon } from './to-beacon.ts';
import { performListener, performStep, type Performance } from './perform-step.ts';
import { reloadAfter } from './reload-after.ts';
import type { RunOptions } from './run-options.ts';
import { createRunState, dependenciesEnded, record, type RunState } from './run-state.ts';
import { beginInJournal, closeJournal, endInJournal, takeOverEnded } from './run-journal.ts';
import { fireStepEvent } from './step-events.ts';
import { errorComment, stepResult, toReturn, type StepResult } from './step-result.ts';
import { firingSteps, lostResult, restingResult, statusOf } from './step-status.ts';

/** Tag → return of each step, in Salt's shape and in the order in which the steps ran. */
export type StateReturns = Dict;

/**
 * Runs compiled steps in the order of their requisites, each looked at right before it is applied, then those that
 * listen to what changed. A step that fails or throws is a result; only a defect of the ports throws.
 */
export async function runSteps(steps: readonly Step[], options: RunOptions): Promise<StateReturns> {
  const { disabled, enabled } = splitDisabled(steps, options.grains());
  const hasOnWatch = await findWatchers(enabled, options);
  const graph = createRequisiteGraph(enabled, { disabled: disabledRequisites(options.options), hasOnWatch });
  const order = planRunOrder(graph, options.only === undefined ? undefined : enabled.filter(options.only));
  const { function: fun, test, isWhole = false } = options;
  const journal = await options.journals?.open({ function: fun, test, isWhole, steps: order });
  const run = narrowToFocus(createRunState(options, graph, journal), order);
  takeOverEnded(run, enabled);
  if (run.focus === undefined) for (const [step, outcome] of disabled) settle(run, step, outcome);
  let isComplete = false;
  try {
    isComplete = await runInOrder(run, order);
  } finally {
    await closeJournal(run, isComplete);
  }
  reportProgress(run, undefined, order.length);
  return toReturns(run);
}

/** Whether the run came to its end. */
async function runInOrder(run: RunState, order: readonly Step[]): Promise<boolean> {
  const stop = await runAll(run, order);
  if (stop !== 'ended' && run.only === undefined) {
    await runListeners(run);
    await runBeacons(run, order);
  }
  return stop === undefined && !run.hasFailedHard && !run.signal.aborted;
}

/** Requisites that a configuration switches off. */
export function disabledRequisites(options: Dict): ReadonlySet<string> {
  const names = options.get('disabled_requisites') ?? [];
  return new Set((Array.isArray(names) ? names : [names]).filter((name) => typeof name === 'string'));
}

async function findWatchers(steps: readonly Step[], { library }: RunOptions): Promise<(step: Step) => boolean> {
  const watching = new Set<string>();
  for (const { chunk, state, fun } of steps) {
    if (chunk.has('watch') || chunk.has('watch_any')) watching.add(`${state}.${fun}`);
  }
  const able = new Set<string>();
  for (const name of watching) if ((await library.describe(name))?.hasOnWatch === true) able.add(name);
  return ({ state, fun }) => able.has(`${state}.${fun}`);
}

/** What stopped the run, if anything: it was `ended` (cancelled or killed), or a step with `failhard` failed. */
type Stop = 'ended' | 'failed-hard';

async function runAll(run: RunState, order: readonly Step[]): Promise<Stop | undefined> {
  let stop: Stop | undefined = run.hasFailedHard ? 'failed-hard' : undefined;
  for (const step of order) {
    if (stop !== undefined) break;
    if (run.finished.has(step.tag) || run.running.has(step.tag)) continue;
    reportProgress(run, step.id, order.length);
    if (run.signal.aborted || (await run.gate?.beforeStep(step)) === 'kill') {
      stop = 'ended';
      break;
    }
    await othersHadTheirTurn();
    await runStep(run, step);
    if (run.hasFailedHard) {
      stop = 'failed-hard';
      break;
    }
  }
  await Promise.all(run.running.values());
  return stop;
}

/** Steps that wait for nothing would else keep timers and messages, a cancel among them, waiting to the end of the run. */
function othersHadTheirTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function runStep(run: RunState, step: Step): Promise<void> {
  await dependenciesEnded(run, step);
  const lost = lostResult(run, step);
  if (lost === undefined) await lookAhead(run, step, (target, outcome) => settle(run, target, outcome));
  if (run.finished.has(step.tag)) return;
  const status = statusOf(run, step, run.graph.linksOf(step).links);
  if (run.reactive.has(step.tag) && !isCalledFor(run, step, status)) {
    assume(run, step);
    return;
  }
  const resting = lost ?? restingResult(run, step, status);
  if (resting !== undefined) {
    settle(run, step, resting);
    await afterStep(run, step);
    return;
  }
  const firedBy = status === 'changed' ? firingSteps(run, step) : [];
  const asked = aggregatePackages(run, step);
  const perform = (count: () => void): Promise<StepResult> => performStep(run, { step: asked, firedBy, count });
  if (step.chunk.get('parallel') === true) startBeside(run, step, perform);
  else await runCounted(run, step, perform);
}

type Perform = (count: Performance['count']) => Promise<StepResult>;

async function runCounted(run: RunState, step: Step, perform: Perform): Promise<void> {
  await beginInJournal(run, step);
  const outcome = await perform(() => {
    run.nextNumber += 1;
  });
  record(run, { step, outcome, runNumber: run.nextNumber - 1, isParallel: false });
  await endInJournal(run, step);
  await afterStep(run, step);
}

// Salt numbers a step that runs beside others when it starts it, and counts none of its retries.
function startBeside(run: RunState, step: Step, perform: Perform): void {
  const runNumber = run.nextNumber;
  run.nextNumber += 1;
  const work = async (): Promise<void> => {
    await beginInJournal(run, step);
    const outcome = await perform(() => {});
    record(run, { step, outcome, runNumber, isParallel: true });
    await endInJournal(run, step);
    await afterStep(run, step);
  };
  const ended = work()
    .catch((error: unknown) => {
      const outcome = stepResult({ result: false, comment: errorComment(error) });
      record(run, { step, outcome, runNumber, isParallel: true });
    })
    .finally(() => run.running.delete(step.tag));
  run.running.set(step.tag, ended);
}

function settle(run: RunState, step: Step, outcome: StepResult): void {
  const startedAt = run.clock.now();
  record(run, { step, outcome: { ...outcome, startedAt }, runNumber: run.nextNumber, isParallel: false });
  run.nextNumber += 1;
}

async function afterStep(run: RunState, step: Step): Promise<void> {
  const ended = run.finished.get(step.tag);
  if (ended === undefined) return;
  await reloadAfter(run, step, ended.outcome);
  await fireStepEvent(run, ended);
}

/** As in Salt, what changed is reacted to also when the run was stopped by `failhard`; another such failure ends it. */
async function runListeners(run: RunState): Promise<void> {
  run.hasFailedHard = false;
  for (const listener of findListeners(run)) {
    if (run.signal.aborted) return;
    await runListener(run, listener);
    if (run.hasFailedHard) return;
  }
  if (run.focus !== undefined) return;
  for (const { step, comment } of run.listenings.missing) settle(run, step, stepResult({ result: false, comment }));
}

async function runListener(run: RunState, { step, firedBy }: Listener): Promise<void> {
  if (run.finished.has(step.tag)) return;
  await runCounted(run, step, (count) => performListener(run, { step, firedBy, count }));
}

/** Steps with `beacon` get one, whatever came of them, when all else is done. */
async function runBeacons(run: RunState, order: readonly Step[]): Promise<void> {
  for (const step of order.filter(({ chunk }) => chunk.has('beacon'))) {
    if (run.signal.aborted || run.focus !== undefined) return;
    const beacon = toBeacon(step);
    if (run.finished.has(beacon.tag)) continue;
    await runCounted(run, beacon, (count) => performStep(run, { step: beacon, firedBy: [], count }));
  }
}

function reportProgress(run: RunState, current: string | undefined, total: number): void {
  if (run.onProgress === undefined) return;
  const done = run.finished.size;
  run.onProgress({ done, total: Math.max(total, done), failed: run.failures, current });
}

function toReturns(run: RunState): StateReturns {
  const inOrder = [...run.finished.values()].toSorted((a, b) => a.runNumber - b.runNumber);
  const returns: Dict = new Map();
  for (const { step, outcome, runNumber, isParallel } of inOrder) {
    const answer: Value = toReturn(step, outcome, runNumber);
    if (run.assumed.has(step.tag)) continue;
    if (isParallel && isDict(answer)) answer.set('__parallel__', true);
    returns.set(step.tag, answer);
  }
  return returns;
}
