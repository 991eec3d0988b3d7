import type { Step } from '../compile/step.ts';
import type { RequisiteGraph } from '../requisites/requisite-graph.ts';
import { createAccumulators, type Accumulators } from './accumulators.ts';
import { readListenings, type Listenings } from './find-listeners.ts';
import { createFollowerIndex, type FollowerIndex } from './follower-index.ts';
import type { RunOptions } from './run-options.ts';
import type { RunJournal } from './run-ports.ts';
import type { StepResult } from './step-result.ts';

/** A step's result and its number in the run. */
export interface NumberedResult {
  readonly step: Step;
  readonly outcome: StepResult;
  readonly runNumber: number;
  /** Whether it ran beside others. */
  readonly isParallel: boolean;
}

/** Everything a run has come to know. */
export interface RunState extends RunOptions {
  readonly graph: RequisiteGraph;
  readonly listenings: Listenings;
  readonly followersOf: FollowerIndex;
  readonly journal: RunJournal | undefined;
  readonly accumulators: Accumulators;
  readonly memory: Map<string, unknown>;
  /** Results by tag, in the order in which their steps began. */
  readonly finished: Map<string, NumberedResult>;
  /** What a `prereq` saw coming: tag → foretold result. */
  readonly looked: Map<string, StepResult>;
  /** Package steps whose packages an earlier one did too. */
  readonly joined: Set<Step>;
  /** Tags of steps that a run with a focus takes for done, without a result of their own. */
  readonly assumed: Set<string>;
  /** Tags of steps that a run with a focus runs only when what they follow changed. */
  readonly reactive: ReadonlySet<string>;
  /** Steps that run beside others and have not ended, by tag. */
  readonly running: Map<string, Promise<void>>;
  /** The number that the next result gets. */
  nextNumber: number;
  failures: number;
  /** Whether a step with `failhard` failed, so that nothing more is to run. */
  hasFailedHard: boolean;
}

/** A run that has done nothing yet. */
export function createRunState(options: RunOptions, graph: RequisiteGraph, journal: RunJournal | undefined): RunState {
  const listenings = readListenings(graph.steps);
  return {
    ...options,
    graph,
    listenings,
    followersOf: createFollowerIndex(graph, listenings),
    journal,
    accumulators: createAccumulators(),
    memory: new Map(),
    finished: new Map(),
    looked: new Map(),
    running: new Map(),
    joined: new Set(),
    assumed: new Set(),
    reactive: new Set(),
    nextNumber: 0,
    failures: 0,
    hasFailedHard: false,
  };
}

/** Notes how a step ended. */
export function record(run: RunState, ended: NumberedResult): void {
  const { step, outcome } = ended;
  run.finished.set(step.tag, ended);
  if (outcome.result !== false) return;
  run.failures += 1;
  const failhard = step.chunk.get('failhard') ?? run.options.get('failhard');
  if (failhard === true && !run.test) run.hasFailedHard = true;
}

/** Waits for those of a step's dependencies that run beside others. */
export async function dependenciesEnded(run: RunState, step: Step): Promise<void> {
  if (run.running.size === 0) return;
  for (const target of run.graph.dependenciesOf(step)) await run.running.get(target.tag);
}
