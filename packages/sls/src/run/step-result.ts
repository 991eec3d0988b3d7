import {
  formatProblems,
  isAppError,
  isDict,
  toFloat,
  toValue,
  type AppError,
  type Dict,
  type Plain,
  type SourceSpan,
  type Value,
} from '@brine/common';
import type { Step } from '../compile/step.ts';
import type { StepFate } from '../requisites/requisite-status.ts';

/** How one step ended. */
export interface StepResult extends StepFate {
  readonly changes: Dict;
  readonly comment: string;
  /** Further members of the return. */
  readonly extra: Dict;
  /** Whether conditions held the step back, so that a fired `watch` does not count either. */
  readonly skipsWatch: boolean;
  /** Whether the state itself did or foretold something, so that its `onWatch` is not asked. */
  readonly actedItself: boolean;
  /** Where it went wrong, when that is known closer than the state itself. */
  readonly span?: SourceSpan;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** A result from what matters of it. */
export function stepResult(parts: Pick<StepResult, 'result' | 'comment'> & Partial<StepResult>): StepResult {
  const changes = parts.changes ?? new Map<Value, Value>();
  return {
    isChanged: changes.size > 0,
    hasRun: true,
    extra: new Map(),
    skipsWatch: false,
    actedItself: false,
    startedAt: 0,
    duration: 0,
    ...parts,
    changes,
  };
}

/** Turns the plain members of an outcome into a dict. */
export function toDict(plain: Readonly<Record<string, Plain>> | undefined): Dict {
  const value = toValue(plain ?? {});
  return isDict(value) ? value : new Map();
}

/** What a thrown error says in a comment: its message and problems, never a stack trace. */
export function errorComment(caught: unknown): string {
  if (isAppError(caught)) return appErrorComment(caught);
  return `An exception occurred in this state: internal error: ${caught instanceof Error ? caught.message : String(caught)}`;
}

function appErrorComment({ message, problems }: AppError): string {
  // Many errors tell their problems in their message already.
  const untold = problems.filter(({ summary }) => !message.includes(summary));
  return untold.length === 0 ? message : `${message}\n${formatProblems(untold)}`;
}

/** The return of a step under Salt's keys, with the place it was written at. */
export function toReturn(step: Step, outcome: StepResult, runNumber: number): Dict {
  const answer: Dict = new Map<Value, Value>([
    ['name', step.chunk.get('name') ?? step.name],
    ['changes', outcome.changes],
    ['result', outcome.result],
    ['comment', outcome.comment],
  ]);
  // `module.run` has the names of its functions for one; the rest of what stands here is not the state's to say.
  for (const [key, value] of outcome.extra) if (key === 'name' || !answer.has(key)) answer.set(key, value);
  if (outcome.skipsWatch) answer.set('skip_watch', true);
  if (!outcome.hasRun) answer.set('__state_ran__', false);
  answer.set('__sls__', step.sls ?? null);
  answer.set('__run_num__', runNumber);
  answer.set('start_time', formatTime(outcome.startedAt));
  answer.set('duration', toFloat(Math.round(outcome.duration * 1000) / 1000));
  answer.set('__id__', step.id);
  const span = outcome.span ?? step.span;
  if (span !== undefined) answer.set('__sls_file__', span.file).set('__sls_line__', span.line);
  return answer;
}

function formatTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  const two = (part: number): string => String(part).padStart(2, '0');
  const fraction = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${fraction}000`;
}
