import { decodeMessage, encodeMessage } from '@brine/common';

/** An event of this minion; its data is an encoded value. */
export interface MinionEvent {
  readonly tag: string;
  readonly data: Uint8Array;
}

/** What a watcher is told, and where it goes on from. */
export interface MinionEventsAnswer {
  readonly cursor: number;
  readonly events: readonly MinionEvent[];
}

/** The event bus of a minion: what it tells its master, and what is fired on the machine for those who watch. */
export interface MinionEvents {
  tell(event: MinionEvent): void;
  /** The events behind `cursor`, as soon as there are any; without one, at once where to begin. */
  after(cursor: number | undefined): Promise<MinionEventsAnswer>;
}

/** Events that a slow watcher can still get. */
const keptEvents = 1000;

/** A bus on which nothing has happened. */
export function createMinionEvents(): MinionEvents {
  const kept: MinionEvent[] = [];
  let last = 0;
  let wake: () => void = () => {};
  let next = new Promise<void>((resolve) => (wake = resolve));
  return {
    tell(event) {
      kept.push(event);
      if (kept.length > keptEvents) kept.shift();
      last += 1;
      wake();
      next = new Promise((resolve) => (wake = resolve));
    },
    async after(cursor) {
      if (cursor === undefined) return { cursor: last, events: [] };
      while (cursor >= last) await next;
      return { cursor: last, events: kept.slice(-(last - cursor)) };
    },
  };
}

/** Takes up an event that a call or a job sends, written as the master is told it. */
export function noteEvent(events: MinionEvents, body: Uint8Array): void {
  const { tag, payload } = decodeMessage(body) as { readonly tag?: unknown; readonly payload?: unknown };
  if (typeof tag === 'string' && payload instanceof Uint8Array) events.tell({ tag, data: payload });
}

/** Answers `local.events` (`{cursor}`) and `local.fire` (an event for this machine alone). */
export async function answerAboutEvents(
  events: MinionEvents,
  verb: 'local.events' | 'local.fire',
  body: Uint8Array,
): Promise<Uint8Array> {
  if (verb === 'local.fire') {
    noteEvent(events, body);
    return encodeMessage({});
  }
  const { cursor } = decodeMessage(body) as { readonly cursor?: unknown };
  return encodeMessage(await events.after(typeof cursor === 'number' ? cursor : undefined));
}
