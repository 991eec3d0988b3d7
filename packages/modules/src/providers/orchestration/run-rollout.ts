import {
  AppError,
  equalValues,
  isDict,
  pythonStr,
  toValue,
  type Applied,
  type Dict,
  type Plain,
  type Target,
  type Value,
} from '@brine/common';
import type { MinionAnswer, OrchestrationPort } from '../../kit/orchestration.ts';
import { budgetOf, planWaves, type WavePlan, type WaveSize } from './rollout-plan.ts';
import { hasChangedAnything, isRunGood } from './run-verdict.ts';
import { hasAnswered, shownValue } from './states-on-minions.ts';

/** What is asked of the minions of a wave when it is done. */
export interface HealthCheck {
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** What a healthy minion answers; anything but False and failures unless given. */
  readonly expected: Value | undefined;
  readonly attempts: number;
  /** Seconds between two attempts. */
  readonly interval: number;
}

/** A rollout as it was asked for. */
export interface Rollout extends WavePlan {
  readonly target: Target;
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** Whether the function applies states, so that its answers are judged by them. */
  readonly appliesStates: boolean;
  readonly check: HealthCheck | undefined;
  readonly budget: WaveSize;
  /** Seconds between two waves. */
  readonly wait: number;
  /** Seconds in which a minion must have taken its job. */
  readonly timeout: number | undefined;
}

/** What a rollout works with. */
export interface RolloutPorts {
  readonly orchestration: OrchestrationPort;
  /** Resolves after some seconds, or at once when the signal fires. */
  readonly sleep: (seconds: number) => Promise<void>;
}

interface Tally {
  readonly waves: readonly (readonly string[])[];
  readonly shown: Map<Value, Plain>;
  readonly good: Set<string>;
  /** Minion → why. */
  readonly failed: Map<string, string>;
}

/**
 * Takes minions through a rollout wave by wave. Everything it does is under a name of its own, so that after a restart
 * the same words lead through what was done already and on from there.
 */
export async function runRollout(rollout: Rollout, ports: RolloutPorts): Promise<Applied> {
  const waves = await pinWaves(rollout, ports);
  const all = waves.flat().length;
  if (all === 0) return { comment: 'No minions matched the target', changes: {}, failed: true };
  const budget = budgetOf(rollout.budget, all);
  const tally: Tally = { waves, shown: new Map(), good: new Set(), failed: new Map() };
  for (const [index, minions] of waves.entries()) {
    await tell(tally, index, { state: 'waiting' }, ports);
    if (index > 0 && rollout.wait > 0) await sleepOnce(index, rollout.wait, ports);
    if ((await ports.orchestration.gate(`wave-${index + 1}`)) === 'kill') {
      return stopped(rollout, tally, { reached: index, why: 'it was told to end' });
    }
    await tell(tally, index, { state: 'running' }, ports);
    await runWave({ rollout, minions, index }, tally, ports);
    if (tally.failed.size > budget) {
      const why = `${tally.failed.size} failed, and the failure budget is ${budget}`;
      return stopped(rollout, tally, { reached: index + 1, why });
    }
  }
  await tell(tally, waves.length - 1, { state: 'done' }, ports);
  const failures = tally.failed.size === 0 ? '' : ` ${failuresOf(tally)}.`;
  const comment = `Rolled out to ${tally.good.size} of ${all} minions in ${countWaves(waves.length)}.${failures}`;
  return { comment, changes: changesOf(rollout, tally) };
}

/** The minions of a rollout are those that the target meant when it began. */
async function pinWaves(rollout: Rollout, { orchestration }: RolloutPorts): Promise<readonly (readonly string[])[]> {
  const kept = await orchestration.kept('waves');
  if (Array.isArray(kept)) return kept.map((wave) => (Array.isArray(wave) ? wave.map(pythonStr) : []));
  const waves = planWaves(await orchestration.resolve(rollout.target), rollout);
  await orchestration.keep(
    'waves',
    waves.map((wave) => [...wave]),
  );
  return waves;
}

/** A wait that was over before a restart is not begun again. */
async function sleepOnce(index: number, seconds: number, { orchestration, sleep }: RolloutPorts): Promise<void> {
  if ((await orchestration.kept(`waited-${index + 1}`)) === true) return;
  await sleep(seconds);
  await orchestration.keep(`waited-${index + 1}`, true);
}

interface Wave {
  readonly rollout: Rollout;
  readonly minions: readonly string[];
  readonly index: number;
}

async function runWave({ rollout, minions, index }: Wave, tally: Tally, ports: RolloutPorts): Promise<void> {
  const { fun, positional, keyword, appliesStates, timeout } = rollout;
  const { answers } = await ports.orchestration.runOnMinions(
    { target: listOf(minions), fun, positional, keyword, ...(timeout === undefined ? {} : { timeout }) },
    `wave-${index + 1}`,
  );
  const healthy: string[] = [];
  for (const minion of minions) {
    const answer = answers.get(minion);
    const reason = reasonOf(answer, rollout);
    if (reason === undefined) healthy.push(minion);
    else tally.failed.set(minion, reason);
    if (answer !== undefined && (!appliesStates || reason !== undefined || hasChangedAnything(answer.value))) {
      tally.shown.set(minion, shownValue(answer));
    }
  }
  const sick = await checkHealth(rollout.check, { minions: healthy, index }, ports);
  for (const minion of healthy) {
    if (sick.has(minion)) tally.failed.set(minion, `${rollout.check?.fun} failed`);
    else tally.good.add(minion);
  }
}

/** Why a minion counts as failed; `undefined` when it does not. */
function reasonOf(answer: MinionAnswer | undefined, { fun, appliesStates }: Rollout): string | undefined {
  if (answer === undefined || !hasAnswered(answer)) return 'no answer';
  return isGoodAnswer(answer, appliesStates) ? undefined : `${fun} failed`;
}

function isGoodAnswer(answer: MinionAnswer, appliesStates: boolean): boolean {
  if (!hasAnswered(answer) || answer.status !== 'ok' || answer.retcode !== 0) return false;
  return appliesStates ? isRunGood(answer.value) : answer.value !== false;
}

/** The minions that are not healthy after the last attempt. */
async function checkHealth(
  check: HealthCheck | undefined,
  { minions, index }: { readonly minions: readonly string[]; readonly index: number },
  { orchestration, sleep }: RolloutPorts,
): Promise<ReadonlySet<string>> {
  if (check === undefined) return new Set();
  const { fun, positional, keyword, expected, attempts, interval } = check;
  let sick = [...minions];
  for (let attempt = 1; attempt <= attempts && sick.length > 0; attempt += 1) {
    if (attempt > 1) await sleep(interval);
    const call = { target: listOf(sick), fun, positional, keyword };
    const { answers } = await orchestration.runOnMinions(call, `check-${index + 1}-${attempt}`);
    sick = sick.filter((minion) => !isHealthy(answers.get(minion), expected));
  }
  return new Set(sick);
}

function isHealthy(answer: MinionAnswer | undefined, expected: Value | undefined): boolean {
  if (answer === undefined || !hasAnswered(answer)) return false;
  if (expected !== undefined) return equalValues(answer.value, expected);
  return answer.status === 'ok' && answer.retcode === 0 && answer.value !== false;
}

function listOf(minions: readonly string[]): Target {
  return { type: 'list', expression: minions.join(',') };
}

function countWaves(count: number): string {
  return count === 1 ? '1 wave' : `${count} waves`;
}

interface Stop {
  /** How many waves were run. */
  readonly reached: number;
  readonly why: string;
}

function stopped(rollout: Rollout, tally: Tally, { reached, why }: Stop): Applied {
  const { waves } = tally;
  const left = waves.slice(reached).flat();
  const rest = left.length === 0 ? '' : ` Not reached: ${left.join(', ')}.`;
  const failures = tally.failed.size === 0 ? '' : ` ${failuresOf(tally)}.`;
  const comment = `Stopped after wave ${reached} of ${waves.length}: ${why}.${failures}${rest}`;
  return { comment, changes: changesOf(rollout, tally), failed: true };
}

function failuresOf({ failed }: Tally): string {
  return `Failed: ${[...failed].map(([minion, why]) => `${minion} (${why})`).join(', ')}`;
}

function changesOf({ appliesStates }: Rollout, { shown }: Tally): { readonly [key: string]: Plain } {
  if (shown.size === 0) return {};
  return appliesStates ? { out: 'highstate', ret: shown } : { ret: shown };
}

/** Keeps how far it is, for `rollout.status`. */
async function tell(
  { waves, good, failed }: Tally,
  index: number,
  { state }: { readonly state: string },
  { orchestration }: RolloutPorts,
): Promise<void> {
  const standing = { state, wave: index + 1, waves: waves.map((wave) => [...wave]), good: [...good] };
  await orchestration.keep('rollout', toValue({ ...standing, failed: new Map(failed) }));
}

/** Throws `orchestration-argument` for a check that cannot be read. */
export function readCheck(given: Dict | undefined): HealthCheck | undefined {
  if (given === undefined) return undefined;
  const known = ['function', 'arg', 'kwarg', 'expect', 'attempts', 'interval'];
  const unknown = [...given.keys()].find((key) => !known.includes(pythonStr(key)));
  if (unknown !== undefined) throw wrong(`does not know '${pythonStr(unknown)}': it has ${known.join(', ')}`);
  return { ...readCall(given), expected: given.get('expect'), ...readAttempts(given) };
}

function readCall(given: Dict): Pick<HealthCheck, 'fun' | 'positional' | 'keyword'> {
  const fun = given.get('function');
  const positional = given.get('arg') ?? [];
  const keyword = given.get('kwarg') ?? new Map<Value, Value>();
  if (typeof fun !== 'string') throw wrong("needs a 'function'");
  if (!Array.isArray(positional)) throw wrong("takes a list as 'arg'");
  if (!isDict(keyword)) throw wrong("takes a dict as 'kwarg'");
  return { fun, positional, keyword };
}

function readAttempts(given: Dict): Pick<HealthCheck, 'attempts' | 'interval'> {
  const attempts = Number(given.get('attempts') ?? 1);
  const interval = Number(pythonStr(given.get('interval') ?? 10));
  if (!Number.isSafeInteger(attempts) || attempts < 1) throw wrong("takes a number of 'attempts'");
  if (!(interval >= 0)) throw wrong("takes seconds as 'interval'");
  return { attempts, interval };
}

function wrong(what: string): AppError {
  return new AppError({ code: 'orchestration-argument', message: `the check of a rollout ${what}` });
}
