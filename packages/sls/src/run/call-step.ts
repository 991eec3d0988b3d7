import {
  closestName,
  isAppError,
  pythonStr,
  type Dict,
  type ForetoldOutcome,
  type StateFails,
  type StateIsOk,
  type Value,
} from '@brine/common';
import type { Step } from '../compile/step.ts';
import { checkConditions, isTrue } from './check-conditions.ts';
import { announceChange } from './run-journal.ts';
import type { RunState } from './run-state.ts';
import { nameFault } from './name-fault.ts';
import { conditionShell, grainShell, parseUmask, succeedsInShell } from './shell-options.ts';
import { resolveSlots } from './resolve-slots.ts';
import type { BoundOutcome, FiringStep, StateDescription } from './state-library.ts';
import { errorComment, stepResult, toDict, type StepResult } from './step-result.ts';
import { readTimeLimit, withTimeLimit } from './step-time-limit.ts';

/** One call of a state function. */
export interface StepCall {
  readonly step: Step;
  /** Foretell only: the run is a dry one, or another step's `prereq` asks. */
  readonly foretell: boolean;
  /** The steps whose changes ask for the state's `onWatch`; `undefined` for its ordinary check. */
  readonly firedBy: readonly FiringStep[] | undefined;
}

/** Calls a state once: conditions, slots, check and, unless only foretelling, application. Never throws. */
export async function callStep(run: RunState, call: StepCall): Promise<StepResult> {
  const startedAt = run.clock.now();
  const started = run.clock.monotonic();
  const outcome = await attempt(run, call);
  return { ...outcome, startedAt, duration: run.clock.monotonic() - started };
}

async function attempt(run: RunState, call: StepCall): Promise<StepResult> {
  const { step } = call;
  try {
    const description = await run.library.describe(`${step.state}.${step.fun}`);
    if (description === undefined) return stepResult({ result: false, comment: notFound(run, step) });
    const fault = faultOf(step, call, description);
    if (fault !== undefined) return stepResult({ result: false, comment: fault });
    if (run.mocked) return stepResult({ result: true, comment: 'Not called, mocked' });
    const seconds = description.argumentNames.includes('timeout')
      ? undefined
      : readTimeLimit(step.chunk.get('timeout'));
    const limit = { seconds, clock: run.clock, signal: run.signal };
    return await withTimeLimit(limit, (signal) => callWithin(run, call, { signal, description }));
  } catch (error) {
    run.log.debug('state failed', { tag: step.tag, error });
    return stepResult({
      ...{ result: false, comment: errorComment(error), actedItself: true },
      ...(isAppError(error, 'state-arguments') ? await placeOfFault(run, step) : {}),
    });
  }
}

/** Where the first argument stands that the state refused; nothing for one that is missing. */
async function placeOfFault({ library }: RunState, step: Step): Promise<Pick<StepResult, 'span'>> {
  const faults = await library.validate(step);
  const [span] = faults.flatMap(({ argument, isDoubt }) =>
    isDoubt === true || argument === undefined ? [] : (step.argumentSpans.get(argument) ?? []),
  );
  return span === undefined ? {} : { span };
}

function notFound({ library }: RunState, { state, fun, sls }: Step): string {
  const name = `${state}.${fun}`;
  const likely = closestName(name, library.names());
  const hint = likely === undefined ? '' : ` Did you mean '${likely}'?`;
  if (sls === undefined) return `Specified state '${name}' was not found${hint === '' ? '' : `.${hint}`}\n`;
  return `State '${name}' was not found in SLS '${sls}'\nReason: '${name}' is not available.${hint}\n`;
}

function faultOf(
  { chunk, sls, state, fun }: Step,
  { firedBy }: StepCall,
  { hasOnWatch }: StateDescription,
): string | undefined {
  const misnamed = nameFault(chunk);
  if (misnamed !== undefined) return `${misnamed}\n`;
  if (parseUmask(chunk.get('umask')) === null) return `Invalid umask: ${pythonStr(chunk.get('umask') ?? null)}\n`;
  if (firedBy === undefined || hasOnWatch) return undefined;
  const where = sls === undefined ? '' : ` in SLS '${sls}'`;
  return `State '${state}.mod_watch' was not found${where}\nReason: '${state}.${fun}' does not react to listen.\n`;
}

interface CallSurroundings {
  readonly signal: AbortSignal;
  readonly description: StateDescription;
}

async function callWithin(
  run: RunState,
  call: StepCall,
  { signal, description }: CallSurroundings,
): Promise<StepResult> {
  const { step, foretell } = call;
  const held = await heldBack(run, step, signal);
  if (held !== undefined) return held;
  const chunk = await resolveSlots(step.chunk, run);
  const outcome = await askState(run, call, { chunk, signal });
  const pending = outcome.kind === 'change' && foretell;
  const answer = foretell ? foretold(run, await foretellOf(outcome)) : await carryOut(run, step, outcome);
  const result = named(answer, step, chunk);
  const isForState = description.argumentNames.includes('check_cmd');
  const check = step.chunk.get('check_cmd');
  // What has not been done yet cannot be checked.
  if (check === undefined || isForState || pending) return result;
  return { ...result, ...(await runCheckCommand(run, check, { step, signal })) };
}

async function heldBack(run: RunState, step: Step, signal: AbortSignal): Promise<StepResult | undefined> {
  const { conditions, log } = run;
  const shell = conditionShell(step.chunk, run.grains(), signal);
  const comment = await checkConditions({ chunk: step.chunk, conditions, log, shell });
  if (comment !== undefined) return stepResult({ result: true, comment, skipsWatch: true });
  if (await isAllowedByConfiguration(run, step)) return undefined;
  const refusal = 'Failed to meet global state conditions. State not called.';
  return stepResult({ result: null, comment: refusal });
}

/** `global_state_conditions`: a state runs when any of the compound targets for it matches. */
async function isAllowedByConfiguration({ options, conditions }: RunState, { state, fun }: Step): Promise<boolean> {
  const rules = options.get('global_state_conditions');
  const targets: Value[] = [];
  for (const [name, target] of rules instanceof Map ? rules : []) {
    if (name !== '*' && name !== state && name !== `${state}.${fun}`) continue;
    targets.push(...(Array.isArray(target) ? target : [target]));
  }
  for (const target of targets) {
    if (isTrue(await conditions.call('match.compound', [target], new Map()))) return true;
  }
  return targets.length === 0;
}

/** A name that a slot gave is shown as it was used; the step keeps its tag. */
function named(result: StepResult, { chunk: written }: Step, chunk: Dict): StepResult {
  const name = chunk.get('name') ?? null;
  if (name === written.get('name') || result.extra.has('name')) return result;
  return { ...result, extra: new Map<Value, Value>([['name', name], ...result.extra]) };
}

interface ResolvedCall {
  readonly chunk: Dict;
  readonly signal: AbortSignal;
}

async function askState(run: RunState, call: StepCall, { chunk, signal }: ResolvedCall): Promise<BoundOutcome> {
  const { firedBy } = call;
  const step = { ...call.step, chunk, name: pythonStr(chunk.get('name') ?? '') };
  const context = {
    grains: run.grains(),
    pillar: run.pillar(),
    options: run.options,
    signal,
    accumulated: run.accumulators.for(step),
    memory: run.memory,
    firedBy: firedBy ?? [],
    requiredSteps: requiredSteps(run, call.step),
    dependentSteps: () => dependentSteps(run, call.step),
    umask: parseUmask(chunk.get('umask')) ?? undefined,
  };
  return firedBy === undefined ? run.library.check(step, context) : run.library.onWatch(step, context);
}

function requiredSteps({ graph }: RunState, step: Step): readonly Step[] {
  const required = graph.linksOf(step).links.filter(({ kind }) => kind === 'require' || kind === 'require_any');
  return required.flatMap(({ targets }) => targets);
}

function dependentSteps({ graph }: RunState, step: Step): readonly Step[] {
  return graph.steps.filter((other) =>
    graph.linksOf(other).links.some(({ kind, targets }) => /^(?:require|watch)/.test(kind) && targets.includes(step)),
  );
}

async function foretellOf(outcome: BoundOutcome): Promise<ForetoldOutcome> {
  return outcome.kind === 'change' && outcome.foretell !== undefined ? outcome.foretell() : outcome;
}

function foretold(run: RunState, outcome: ForetoldOutcome): StepResult {
  if (outcome.kind !== 'change') {
    const comment = outcome.foretoldComment ?? outcome.comment;
    const isWell = outcome.kind === 'fail' && outcome.isForetoldOk === true;
    return found(run, isWell ? { ...outcome, kind: 'ok', comment } : { ...outcome, comment });
  }
  const { comment, changes } = outcome.pending;
  const extra = takeExtra(run, toDict(outcome.pending.extra));
  return stepResult({ result: null, comment, changes: toDict(changes), extra, isChanged: true, actedItself: true });
}

async function carryOut(run: RunState, step: Step, outcome: BoundOutcome): Promise<StepResult> {
  if (outcome.kind !== 'change') return found(run, outcome);
  await announceChange(run, step);
  const applied = await outcome.apply();
  const extra = takeExtra(run, toDict(applied.extra));
  const changes = toDict(applied.changes);
  const result = applied.isForetold === true && applied.failed !== true ? null : applied.failed !== true;
  return stepResult({ result, comment: applied.comment, changes, extra, actedItself: true });
}

function found(run: RunState, outcome: StateIsOk | StateFails): StepResult {
  const extra = takeExtra(run, toDict(outcome.extra));
  const skipsWatch = extra.get('skip_watch') === true;
  const changes = toDict(outcome.changes);
  return stepResult({ result: outcome.kind === 'ok', comment: outcome.comment, changes, extra, skipsWatch });
}

function takeExtra({ accumulators }: RunState, extra: Dict): Dict {
  accumulators.take(extra);
  return extra;
}

interface CheckedStep {
  readonly step: Step;
  readonly signal: AbortSignal;
}

async function runCheckCommand(
  { conditions, grains }: RunState,
  lines: Value,
  { step, signal }: CheckedStep,
): Promise<Pick<StepResult, 'result' | 'comment'>> {
  const shell = grainShell(grains(), signal);
  for (const line of Array.isArray(lines) ? lines : [lines]) {
    const isGood = await succeedsInShell(pythonStr(line), { conditions, shell, chunk: step.chunk });
    if (!isGood) return { result: false, comment: 'check_cmd determined the state failed' };
  }
  return { result: true, comment: 'check_cmd determined the state succeeded' };
}
