import { isAppError, pythonStr, toValue, type Dict, type Jid, type Value } from '@brine/common';
import { asDict } from './orchestration-record.ts';
import {
  callForStep,
  runForStep,
  toTarget,
  waitForStep,
  type StepOwner,
  type StepServiceParts,
} from './step-services.ts';
import type { WorkerVerb } from './worker/worker-messages.ts';

/** What an ask of a worker is answered with. */
export interface AnswerParts {
  readonly jid: Jid;
  readonly owner: StepOwner;
  readonly services: StepServiceParts;
  readonly isStopped: () => boolean;
}

type Answerer = (body: Dict, parts: AnswerParts) => Promise<Value> | Value;

/** What the workers of orchestrations ask of their master, verb by verb. */
const answerers: Readonly<Record<WorkerVerb, Answerer>> = {
  'pin.read': (_body, { jid, services: { book } }) => book.pinned(jid) ?? null,
  'pin.write': async (body, { jid, services: { book } }) => {
    await book.pin(jid, body.get('compiled') ?? null);
    return null;
  },
  'journal.read': (_body, { jid, services: { book } }) => {
    const { changing, ended } = book.steps(jid);
    return toValue({ changing: new Map(changing), ended: new Map(ended) });
  },
  'journal.changing': async (body, { jid, services: { book } }) => {
    await book.changing(jid, textIn(body, 'tag'), new Map());
    return null;
  },
  'journal.ended': async (body, { jid, services: { book }, isStopped }) => {
    // Whoever is stopped has not come to the end of its step.
    if (isStopped()) return new Promise(() => {});
    await book.ended(jid, textIn(body, 'tag'), body.get('outcome') ?? null);
    return null;
  },
  'pauses.read': (_body, { jid, services: { book } }) => book.marks(jid),
  minions: async (body, { owner, services }) => runForStep(body, owner, services),
  function: async (body, { owner, services }) => callForStep(body, owner, services),
  events: async (body, { owner, services }) => waitForStep(body, owner, services),
  resolve: (body, { services: { dispatcher } }) => {
    try {
      return [...dispatcher.resolve(toTarget(body.get('target')))];
    } catch (error) {
      if (isAppError(error) && error.code === 'target-empty') return [];
      throw error;
    }
  },
  keep: async (body, { jid, services: { book } }) => {
    await book.note(jid, textIn(body, 'key'), body.get('value') ?? null);
    return null;
  },
  kept: (body, { jid, services: { book } }) => {
    const value = book.noted(jid, textIn(body, 'key'));
    return toValue(value === undefined ? {} : { value });
  },
  fire: (body, { services: { events } }) => {
    const payload = [...asDict(body.get('payload'))].map(([key, value]) => [pythonStr(key), value] as const);
    events.emit(textIn(body, 'tag'), Object.fromEntries(payload));
    return null;
  },
};

/** Answers an ask of a worker. */
export async function answerWorker(verb: WorkerVerb, body: Dict, parts: AnswerParts): Promise<Value> {
  return answerers[verb](body, parts);
}

function textIn(body: Dict, key: string): string {
  return pythonStr(body.get(key) ?? '');
}
