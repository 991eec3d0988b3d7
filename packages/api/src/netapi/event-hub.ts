import { dumpJson, toValue, type Logger } from '@brine/common';
import type { EventControl, MasterEvent } from '../control-ports.ts';

/** Somebody who is sent every event. */
export interface EventReader {
  /** Bytes that wait to be sent. */
  waiting(): number;
  /** `json` is the event as both kinds of streams have it: `{"data": …, "tag": …}`. */
  send(event: MasterEvent, json: string): void;
  /** Whether the reader may see an event. */
  readonly sees: (event: MasterEvent) => boolean;
  /** Ends the stream; says why where it can. */
  end(reason: string): void;
  /** Whether whoever reads still may. */
  isAllowed(): Promise<boolean>;
  readonly token?: string;
}

/** Hands events to all readers: each event is read and written out once, however many they are. */
export interface EventHub {
  add(reader: EventReader): void;
  remove(reader: EventReader): void;
  /** Ends every stream that a token opened. */
  endToken(token: string): void;
  readonly size: number;
  close(): void;
}

/** Bytes that may wait for one reader; who is further behind is cut off. */
const waitingLimit = 256 * 1024;

/** Milliseconds between two looks at whether readers still may read. */
const lookEvery = 5000;

/** Creates a hub; it listens to the event bus while there are readers. */
export function createEventHub(events: EventControl, logger: Logger): EventHub {
  const readers = new Set<EventReader>();
  const listener = createListener({
    ...{ events, logger, deliver },
    look: async () => {
      for (const reader of [...readers]) if (!(await reader.isAllowed())) cut(reader, 'no permission any more');
    },
  });
  function remove(reader: EventReader): void {
    readers.delete(reader);
    if (readers.size === 0) listener.stop();
  }
  function cut(reader: EventReader, reason: string): void {
    remove(reader);
    reader.end(reason);
  }
  function deliver(event: MasterEvent): void {
    const json = dumpJson(toValue({ data: event.payload, tag: event.tag }));
    for (const reader of readers) {
      if (!reader.sees(event)) continue;
      if (reader.waiting() <= waitingLimit) reader.send(event, json);
      else cut(reader, 'too slow');
    }
  }
  return {
    add(reader) {
      readers.add(reader);
      listener.start();
    },
    remove,
    endToken(token) {
      for (const reader of [...readers]) if (reader.token === token) cut(reader, 'logged out');
    },
    get size() {
      return readers.size;
    },
    close() {
      for (const reader of [...readers]) cut(reader, 'the master stops');
    },
  };
}

interface ListenerOptions {
  readonly events: EventControl;
  readonly logger: Logger;
  readonly deliver: (event: MasterEvent) => void;
  /** Looks whether readers still may read. */
  readonly look: () => Promise<void>;
}

function createListener({ events, logger, deliver, look }: ListenerOptions): { start(): void; stop(): void } {
  let listening: AbortController | undefined;
  let looking: NodeJS.Timeout | undefined;
  const failed = (error: unknown): void => logger.error('events cannot be read', { error });
  async function read(signal: AbortSignal): Promise<void> {
    for await (const event of events.subscribe({ signal })) deliver(event);
  }
  return {
    start() {
      if (listening !== undefined) return;
      listening = new AbortController();
      read(listening.signal).catch(failed);
      looking = setInterval(() => void look().catch(failed), lookEvery);
      looking.unref();
    },
    stop() {
      listening?.abort();
      listening = undefined;
      clearInterval(looking);
    },
  };
}
