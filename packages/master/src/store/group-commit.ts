/** Runs writes of one event-loop turn in one transaction; each promise resolves when its write is durable. */
export interface GroupCommit {
  write<Result>(work: () => Result): Promise<Result>;
  /** Resolves when everything handed in so far is durable or failed. */
  drain(): Promise<void>;
}

interface PendingWrite {
  readonly run: () => void;
  readonly settle: () => void;
  readonly reject: (error: unknown) => void;
}

/** Groups writes; `transact` runs a function inside a transaction that is durable when it returns. */
export function createGroupCommit(transact: (work: () => void) => void): GroupCommit {
  let pending: PendingWrite[] = [];
  let flushed: Promise<void> = Promise.resolve();

  function flush(): void {
    const group = pending;
    pending = [];
    try {
      transact(() => {
        for (const write of group) write.run();
      });
      for (const write of group) write.settle();
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const write of group) runAlone(write);
    }
  }

  /** One bad write must not fail its neighbours. */
  function runAlone(write: PendingWrite): void {
    try {
      transact(write.run);
      write.settle();
    } catch (error) {
      write.reject(error);
    }
  }

  return {
    write: async (work) =>
      new Promise((resolve, reject) => {
        let result: ReturnType<typeof work>;
        const run = (): void => {
          result = work();
        };
        pending.push({ run, settle: () => resolve(result), reject });
        if (pending.length === 1) {
          flushed = new Promise((done) => {
            setImmediate(() => {
              flush();
              done();
            });
          });
        }
      }),
    drain: async () => flushed,
  };
}
