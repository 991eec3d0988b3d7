import {
  decodeMessage,
  decodeValue,
  encodeMessage,
  encodeValue,
  formatProblem,
  isAppError,
  type Dict,
  type Logger,
  type Plain,
  type Problem,
  type Value,
} from '@brine/common';
import type { EventBus, EventTap, OriginatedEvent } from '../../events/event-bus.ts';
import type { EventOrigin } from '../../events/event-origin.ts';
import type { AutomationStore, StoredEvent } from '../automation-store.ts';
import { reactorUser, requireOrigin } from './perform-reaction.ts';
import type { Reaction, ReactionRenderer } from './reaction.ts';
import { readReactorRules, shownRule, toReactorRule, type ReactorRule } from './reactor-rules.ts';
import { reactionKind, type ReactionPlace } from './run-durably.ts';

/** What the reactor works with. */
export interface ReactorOptions {
  readonly store: AutomationStore;
  readonly events: Pick<EventBus, 'emit'> & EventTap;
  /** The `reactor` list of the configuration. */
  readonly configured: readonly Value[];
  readonly renderer: ReactionRenderer;
  readonly perform: (reaction: Reaction, place: ReactionPlace) => Promise<void>;
  /** How many events may wait; further ones are refused and told of. */
  readonly limit: number;
  /** How many runners may be under way at once. */
  readonly runnersAtOnce: number;
  readonly logger: Logger;
}

/** What of the reactor runners see and change. */
export interface ReactorControl {
  rules(): readonly Dict[];
  /** False when there is a rule for the tag. Throws `reactor-invalid`. */
  add(tag: string, value: Value): Promise<boolean>;
  /** False when there is no rule for the tag. */
  remove(tag: string): Promise<boolean>;
  isLeader(): boolean;
  setLeader(isLeader: boolean): void;
  /** How many events wait or are being handled. */
  waiting(): number;
}

/** Handles events in their order, each at least once. */
export interface Reactor extends ReactorControl {
  start(): void;
  /** Takes over a new `reactor` list of the configuration; rules that were added by hand stay. Throws `reactor-invalid`. */
  configure(configured: readonly Value[]): void;
  /** Takes no more events and lets what is being handled end; what waits is handled after the next start. */
  stop(): Promise<void>;
}

const kind = 'reactor';
const batchSize = 100;

/** Creates the reactor; what waits in the store is handled from `start` on. Throws `reactor-invalid`. */
export function createReactor(options: ReactorOptions): Reactor {
  const { store, logger, renderer } = options;
  const rulesOf = (configured: readonly Value[]): readonly ReactorRule[] => [
    ...readReactorRules(configured),
    ...[...store.facts(kind)].map(([tag, value]) => toReactorRule(tag, decodeValue(value))),
  ];
  const state: State = {
    ...{ options, rules: [...rulesOf(options.configured)], isLeader: true, isStopped: false },
    ...{ waiting: store.countEvents(), isFull: false, cursor: 0, draining: undefined },
    ...{ runners: new Set<Promise<void>>(), forgetting: new Set<Promise<void>>() },
  };
  const unlisten = options.events.listen((event) => take(event, state));
  return {
    start: () => wake(state),
    configure: (configured) => void state.rules.splice(0, state.rules.length, ...rulesOf(configured)),
    async stop() {
      state.isStopped = true;
      unlisten();
      await renderer.close();
      await state.draining;
      await Promise.all(state.forgetting);
    },
    rules: () => state.rules.map(shownRule),
    async add(tag, value) {
      if (state.rules.some((rule) => rule.tag === tag)) return false;
      state.rules.push(toReactorRule(tag, value));
      await store.setFact(kind, tag, encodeValue(value));
      return true;
    },
    async remove(tag) {
      const index = state.rules.findIndex((rule) => rule.tag === tag);
      if (index === -1) return false;
      state.rules.splice(index, 1);
      await store.removeFact(kind, tag);
      return true;
    },
    isLeader: () => state.isLeader,
    setLeader(isLeader) {
      state.isLeader = isLeader;
      logger.info('reactor leads or not', { isLeader });
    },
    waiting: () => state.waiting,
  };
}

interface State {
  readonly options: ReactorOptions;
  readonly rules: ReactorRule[];
  isLeader: boolean;
  isStopped: boolean;
  waiting: number;
  isFull: boolean;
  /** The last event that handling was begun of. */
  cursor: number;
  draining: Promise<void> | undefined;
  readonly runners: Set<Promise<void>>;
  readonly forgetting: Set<Promise<void>>;
}

/** Keeps an event that a rule is meant for. */
function take({ tag, payload, origin }: OriginatedEvent, state: State): void {
  const { store, limit, logger } = state.options;
  if (!state.isLeader || payload.get('user') === reactorUser) return;
  if (rulesFor(state, tag, origin).length === 0) return;
  if (state.waiting >= limit) {
    refuse(tag, state);
    return;
  }
  state.isFull = false;
  state.waiting += 1;
  store.addEvent(tag, encodeMessage({ origin, payload: encodeValue(payload) })).then(
    () => wake(state),
    (error: unknown) => {
      state.waiting -= 1;
      logger.error('an event could not be kept for its reactions', { tag, error });
    },
  );
}

/** Every refusal is logged; the bus is told of the first of a row. */
function refuse(tag: string, state: State): void {
  const { limit, logger } = state.options;
  logger.error('too many events wait for their reactions, so one is left out', { tag, limit });
  if (state.isFull) return;
  state.isFull = true;
  tell(state, { tag, problem: { severity: 'error', code: 'reactor-full', summary: `${limit} events wait already` } });
}

function rulesFor({ rules }: State, tag: string, origin: EventOrigin): readonly ReactorRule[] {
  return rules.filter((rule) => rule.matches(tag) && (rule.origins?.has(origin) ?? true));
}

function wake(state: State): void {
  if (state.draining !== undefined || state.isStopped) return;
  state.draining = drain(state)
    .catch((error: unknown) => state.options.logger.error('the reactor cannot read what waits', { error }))
    .finally(() => {
      state.draining = undefined;
    });
}

async function drain(state: State): Promise<void> {
  for (;;) {
    const batch = state.isStopped ? [] : state.options.store.eventsAfter(state.cursor, batchSize);
    if (batch.length === 0) return;
    for (const event of batch) {
      if (state.isStopped) return;
      state.cursor = event.sequence;
      await handle(event, state);
    }
  }
}

/** Forgets an event only when all its reactions have ended: whatever stops the master before that, it comes again. */
async function handle({ sequence, tag, payload }: StoredEvent, state: State): Promise<void> {
  const read = decodeMessage(payload) as { readonly origin: EventOrigin; readonly payload: Uint8Array };
  const data = decodeValue(read.payload) as Dict;
  const begun: Promise<void>[] = [];
  let index = 0;
  for (const rule of rulesFor(state, tag, read.origin)) {
    const reactions = await render(rule, { tag, data }, state);
    for (const reaction of reactions) {
      if (state.isStopped) return;
      const place = { sequence, index };
      index += 1;
      const work = react(reaction, { rule, tag, origin: read.origin, place }, state);
      if (reaction.type !== 'runner') await work;
      else {
        begun.push(work);
        await admit(work, state);
      }
    }
  }
  // The next event does not wait for the disk: what is forgotten meanwhile is written together.
  void Promise.all(begun).then(() => {
    const writing = forget(sequence, state).finally(() => state.forgetting.delete(writing));
    state.forgetting.add(writing);
  });
}

/** Runners may take long: only so many are under way, and the next event does not wait for them. */
async function admit(work: Promise<void>, { runners, options }: State): Promise<void> {
  const entry = work.finally(() => runners.delete(entry));
  runners.add(entry);
  if (runners.size >= options.runnersAtOnce) await Promise.race(runners);
}

async function render(
  rule: ReactorRule,
  event: { readonly tag: string; readonly data: Dict },
  state: State,
): Promise<readonly Reaction[]> {
  try {
    const { reactions, problems } = await state.options.renderer.render({ files: rule.files, ...event });
    for (const problem of problems) tell(state, { tag: event.tag, problem });
    return reactions;
  } catch (error) {
    if (!state.isStopped) tell(state, { tag: event.tag, problem: toProblem(error) });
    return [];
  }
}

interface Circumstances {
  readonly rule: ReactorRule;
  readonly tag: string;
  readonly origin: EventOrigin;
  readonly place: ReactionPlace;
}

async function react(reaction: Reaction, { rule, tag, origin, place }: Circumstances, state: State): Promise<void> {
  const { id, type, fun, span } = reaction;
  try {
    requireOrigin(reaction, rule, origin);
    await state.options.perform(reaction, place);
    state.options.logger.info('reaction done', { tag, id, type, fun });
  } catch (error) {
    tell(state, { tag, id, fun: `${type}.${fun}`, problem: { ...toProblem(error), span } });
  }
}

async function forget(sequence: number, state: State): Promise<void> {
  if (state.isStopped) return;
  try {
    await state.options.store.removeEvent(sequence);
    await state.options.store.removeFacts(reactionKind({ sequence }));
    state.waiting -= 1;
  } catch (error) {
    state.options.logger.error('an event that was handled could not be forgotten', { sequence, error });
  }
}

/** Logs a problem and tells the event bus: `salt/reactor/error`. */
function tell(
  { options }: State,
  {
    problem,
    ...facts
  }: { readonly tag: string; readonly id?: string; readonly fun?: string; readonly problem: Problem },
): void {
  const { code, summary, span } = problem;
  const place = span === undefined ? {} : { file: span.file, line: span.line };
  options.logger.error('reaction failed', { ...facts, code, ...place, problem: formatProblem(problem) });
  const { tag: cause, ...named } = facts;
  const payload: { readonly [key: string]: Plain } = { event: cause, ...named, code, error: summary, ...place };
  options.events.emit('salt/reactor/error', { ...payload, user: reactorUser });
}

function toProblem(error: unknown): Problem {
  const summary = error instanceof Error ? error.message : String(error);
  const code = isAppError(error) ? error.code : 'reaction-failed';
  return { severity: 'error', code, summary };
}
