import { isDict, pythonStr, toFloat, toValue, type Dict, type Plain, type SourceSpan, type Value } from '@brine/common';
import type { EndedStep, PinnedRun, Step, StepResult } from '@brine/sls';
import { asDict, asList } from '../orchestration-record.ts';

/** What a run was compiled to, as a value. */
export function encodePinned({ steps, high }: PinnedRun): Value {
  return toValue({
    high,
    steps: steps.map(({ argumentSpans, span, sls, ...step }) => ({
      ...step,
      ...(sls === undefined ? {} : { sls }),
      ...(span === undefined ? {} : { span: span as unknown as Plain }),
      argumentSpans: new Map<Value, Plain>([...argumentSpans].map(([name, at]) => [name, at as unknown as Plain])),
    })),
  });
}

/** Reads what {@link encodePinned} wrote. */
export function decodePinned(value: Value): PinnedRun {
  const pinned = asDict(value);
  return { high: asDict(pinned.get('high')), steps: asList(pinned.get('steps')).map((step) => toStep(asDict(step))) };
}

function toStep(value: Dict): Step {
  const text = (key: string): string => pythonStr(value.get(key) ?? '');
  const sls = value.get('sls');
  return {
    chunk: asDict(value.get('chunk')),
    ...{ tag: text('tag'), state: text('state'), fun: text('fun'), id: text('id'), name: text('name') },
    sls: typeof sls === 'string' ? sls : undefined,
    saltenv: text('saltenv'),
    order: Number(value.get('order') ?? 0),
    span: toSpan(value.get('span')),
    argumentSpans: new Map(
      [...asDict(value.get('argumentSpans'))].flatMap(([name, span]) => {
        const at = toSpan(span);
        return at === undefined ? [] : [[pythonStr(name), at] as const];
      }),
    ),
  };
}

function toSpan(value: Value | undefined): SourceSpan | undefined {
  if (value === undefined || !isDict(value)) return undefined;
  const entries = [...value].map(([key, part]) => [pythonStr(key), typeof part === 'string' ? part : Number(part)]);
  return Object.fromEntries(entries) as unknown as SourceSpan;
}

/** How a step ended, as a value. */
export function encodeEnded({ outcome, runNumber }: EndedStep): Value {
  const { startedAt, duration } = outcome;
  const times = { startedAt: toFloat(startedAt), duration: toFloat(duration) };
  return toValue({ outcome: { ...(outcome as unknown as { [key: string]: Plain }), ...times }, runNumber });
}

/** Reads what {@link encodeEnded} wrote. */
export function decodeEnded(value: Value): EndedStep {
  const ended = asDict(value);
  const outcome = asDict(ended.get('outcome'));
  const flag = (key: string): boolean => outcome.get(key) === true;
  const result = outcome.get('result');
  return {
    runNumber: Number(ended.get('runNumber') ?? 0),
    outcome: {
      result: typeof result === 'boolean' ? result : null,
      ...{ isChanged: flag('isChanged'), hasRun: flag('hasRun') },
      ...{ skipsWatch: flag('skipsWatch'), actedItself: flag('actedItself') },
      changes: asDict(outcome.get('changes')),
      comment: pythonStr(outcome.get('comment') ?? ''),
      extra: asDict(outcome.get('extra')),
      startedAt: toNumber(outcome.get('startedAt')),
      duration: toNumber(outcome.get('duration')),
    },
  };
}

/** The result of a step that was under way when the master stopped and cannot be taken up. */
export function interruptedResult(now: number): StepResult {
  return {
    result: false,
    ...{ isChanged: false, hasRun: true, skipsWatch: false, actedItself: true },
    changes: new Map(),
    comment:
      'The master stopped while this step was under way. It is not run a second time, for it is not marked with retryable: True.',
    extra: new Map(),
    ...{ startedAt: now, duration: 0 },
  };
}

function toNumber(value: Value | undefined): number {
  return value === undefined || value === null ? 0 : Number(pythonStr(value));
}
