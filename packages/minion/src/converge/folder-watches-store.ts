import fs from 'node:fs';
import type { Logger } from '@brine/common';

/** The kernel's word on what happens in some folders. */
export interface FolderWatches {
  /**
   * Watches these folders and no others; one that another has taken the place of is watched anew. Answers which were
   * not watched before.
   */
  set(folders: ReadonlySet<string>): ReadonlySet<string>;
  /** Folders that are there no more, or others by now: of what happened in them nothing may have been told. */
  replaced(): Promise<readonly string[]>;
  readonly size: number;
  /** Whether the kernel watches no more folders, so that some are not watched. */
  readonly isBlind: boolean;
  close(): void;
}

/** What the watches are made of. */
export interface FolderWatchesOptions {
  readonly logger: Logger;
  /** Something happened to `name` in a folder; without a name to the folder itself, or to anything in it. */
  onEvent(folder: string, name: string | undefined): void;
}

interface Watch {
  readonly watcher: fs.FSWatcher;
  /** Device and inode of the folder. */
  readonly identity: string;
}

/** Creates the watches, over inotify. They do not keep the process alive. */
export function createFolderWatches(options: FolderWatchesOptions): FolderWatches {
  const { logger } = options;
  const onEvent: FolderWatchesOptions['onEvent'] = (folder, name) => options.onEvent(folder, name);
  const watches = new Map<string, Watch>();
  let isBlind = false;

  function drop(folder: string): void {
    watches.get(folder)?.watcher.close();
    watches.delete(folder);
  }

  function add(folder: string): void {
    try {
      // Before it is watched: one that takes its place in between is found out later.
      const identity = identityOf(fs.statSync(folder));
      const watcher = fs.watch(folder, { persistent: false }, (_event, name) => onEvent(folder, name ?? undefined));
      watcher.on('error', () => {
        drop(folder);
        onEvent(folder, undefined);
      });
      watches.set(folder, { watcher, identity });
    } catch (error) {
      if (!isBlind) logger.warn('a folder cannot be watched; its files are looked at instead', { folder, error });
      isBlind = true;
    }
  }

  return {
    set: (folders) => {
      isBlind = false;
      for (const [folder, { identity }] of watches) {
        const stat = folders.has(folder) ? fs.statSync(folder, { throwIfNoEntry: false }) : undefined;
        if (stat === undefined || identityOf(stat) !== identity) drop(folder);
      }
      const added = new Set([...folders].filter((folder) => !watches.has(folder)));
      for (const folder of added) add(folder);
      return added;
    },
    replaced: async () => {
      const found: string[] = [];
      for (const [folder, { identity }] of watches) if ((await identityNow(folder)) !== identity) found.push(folder);
      return found;
    },
    get size() {
      return watches.size;
    },
    get isBlind() {
      return isBlind;
    },
    close: () => [...watches.keys()].forEach(drop),
  };
}

async function identityNow(folder: string): Promise<string | undefined> {
  return fs.promises.stat(folder).then(identityOf, () => undefined);
}

function identityOf({ dev, ino }: fs.Stats): string {
  return `${dev}:${ino}`;
}
