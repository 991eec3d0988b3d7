import type { Step } from '../compile/step.ts';
import type { Link } from '../requisites/requisite-graph.ts';
import { judgeRequisites, type RequisiteStatus, type StepFate } from '../requisites/requisite-status.ts';
import type { RunState } from './run-state.ts';
import { stepResult, type StepResult } from './step-result.ts';
import type { FiringStep } from './state-library.ts';

/** What the links of a step say now; those it depends on have ended. */
export function statusOf(run: RunState, step: Step, links: readonly Link[]): RequisiteStatus {
  return judgeRequisites(links, (target, kind) => fateFor(run, step, { target, kind }));
}

interface LinkedStep {
  readonly target: Step;
  readonly kind: Link['kind'];
}

/** What became of a linked step, seen by the one that links to it. */
export function fateFor(run: RunState, step: Step, { target, kind }: LinkedStep): StepFate | undefined {
  const finished = run.finished.get(target.tag)?.outcome;
  const fate = kind === 'prereq' ? (run.looked.get(target.tag) ?? finished) : finished;
  // An interrupted run changed this one before its follower could react.
  const isDue = run.journal?.due.get(step.tag)?.has(target.tag) ?? false;
  return fate !== undefined && isDue && !fate.isChanged ? { ...fate, isChanged: true } : fate;
}

/** The changed steps that `step` watches. */
export function firingSteps(run: RunState, step: Step): FiringStep[] {
  const watched = run.graph.linksOf(step).links.filter(({ kind }) => kind === 'watch' || kind === 'watch_any');
  const targets = watched.flatMap(({ kind, targets: steps }) => steps.map((target) => ({ target, kind })));
  return targets.filter((link) => fateFor(run, step, link)?.isChanged).map(({ target }) => target);
}

/** The result of a step that does not run for its requisites; `undefined` when it runs. */
export function restingResult(run: RunState, step: Step, status: RequisiteStatus): StepResult | undefined {
  switch (status) {
    case 'met':
    case 'changed':
      return undefined;
    case 'failed':
      return failedResult(run, step);
    case 'unmet':
      return stepResult({ result: false, comment: 'Recursive requisite found' });
    case 'prereq-quiet':
      return stepResult({ result: true, comment: 'No changes detected' });
    case 'onfail-quiet':
      return notRun('State was not run because onfail req did not change');
    case 'onchanges-quiet':
      return notRun('State was not run because none of the onchanges reqs changed');
  }
}

function notRun(comment: string): StepResult {
  return stepResult({ result: true, comment, hasRun: false });
}

function failedResult(run: RunState, step: Step): StepResult {
  // A prereq that failed leaves what it was to prepare as it was foretold, without the changes.
  const looked = run.looked.get(step.tag);
  if (looked !== undefined) return { ...looked, changes: new Map(), isChanged: false };
  const failed = new Set<string>();
  for (const { kind, targets } of run.graph.linksOf(step).links) {
    for (const target of targets) {
      if (fateFor(run, step, { target, kind })?.result !== false) continue;
      failed.add(target.sls === undefined ? target.id : `${target.sls}.${target.id}`);
    }
  }
  return stepResult({ result: false, comment: `One or more requisite failed: ${[...failed].join(', ')}` });
}

/** The result of a step with references that name nothing; `undefined` when there are none. */
export function lostResult(run: RunState, step: Step): StepResult | undefined {
  const { lost } = run.graph.linksOf(step);
  if (lost.length === 0) return undefined;
  let comment = 'The following requisites were not found:\n';
  for (const kind of new Set(lost.map((requisite) => requisite.kind))) {
    comment += `${' '.repeat(19)}${kind}:\n`;
    for (const requisite of lost) {
      if (requisite.kind === kind) comment += `${' '.repeat(23)}${requisite.type}: ${requisite.target}\n`;
    }
  }
  return stepResult({ result: false, comment });
}
