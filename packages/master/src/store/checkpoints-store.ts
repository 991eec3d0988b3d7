import AsyncDatabase from 'libsql/promise';

/** Brings what was written from the log into the database, beside the event loop: the disk may take its time for it. */
export interface Checkpoints {
  /** Tells that about so many pages were written. */
  wrote(pages: number): void;
  /** Resolves when none is under way. */
  settled(): Promise<void>;
  /** Ends them; the last one under way is awaited. */
  close(): Promise<void>;
}

/** Pages in the log after which they are brought over; SQLite's own figure. */
const pagesAtOnce = 1000;

/**
 * Pages in the log at which SQLite brings them over in the middle of a commit: what a steady stream of commits leaves in it
 * behind each checkpoint of ours. Little is left to do then, and the log begins anew.
 */
export const pagesAtMost = 4000;

/** Makes checkpoints of a database that somebody else writes to. */
export function createCheckpoints(path: string): Checkpoints {
  let database: AsyncDatabase | undefined;
  let pages = 0;
  let underWay: Promise<void> | undefined;

  async function bringOver(): Promise<void> {
    try {
      database ??= new AsyncDatabase(path, {});
      await database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // A full or broken disk: the log keeps what it has, and who writes next is told.
    }
  }

  function start(): void {
    pages = 0;
    underWay = bringOver().finally(() => {
      underWay = undefined;
      if (pages >= pagesAtOnce) start();
    });
  }

  return {
    wrote(more) {
      pages += more;
      if (pages >= pagesAtOnce && underWay === undefined) start();
    },
    async settled() {
      // Behind one that ends the next may begin at once.
      while (underWay !== undefined) await underWay;
    },
    async close() {
      pages = Number.NEGATIVE_INFINITY;
      await underWay;
      database?.close();
    },
  };
}
