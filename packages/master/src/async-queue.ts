/** Items handed from callbacks to one `for await` reader, with a bound. */
export interface AsyncQueue<Item> extends AsyncIterable<Item> {
  /** `false` when the reader is gone, or so far behind that the item was dropped. */
  push(item: Item): boolean;
  /** The reader ends after what is queued. */
  end(): void;
  /** How many items were dropped since the last call. */
  takeDropped(): number;
}

/** A queue that holds at most `limit` unread items and drops further ones. */
export function createAsyncQueue<Item>(limit: number, signal?: AbortSignal): AsyncQueue<Item> {
  const items: Item[] = [];
  let dropped = 0;
  let ended = signal?.aborted ?? false;
  let wake: () => void = () => {};
  const end = (): void => {
    ended = true;
    wake();
  };
  signal?.addEventListener('abort', end, { once: true });
  return {
    push(item) {
      if (ended) return false;
      if (items.length >= limit) {
        dropped += 1;
        return false;
      }
      items.push(item);
      wake();
      return true;
    },
    end,
    takeDropped() {
      const count = dropped;
      dropped = 0;
      return count;
    },
    async *[Symbol.asyncIterator]() {
      try {
        while (true) {
          while (items.length > 0 && signal?.aborted !== true) yield items.shift() as Item;
          if (ended) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        ended = true;
        signal?.removeEventListener('abort', end);
      }
    },
  };
}
