import { readTextFile, replaceFile } from '@brine/daemon';

/** Where it is kept that the loop is paused, so that a restart does not end the pause. */
export interface PauseFile {
  /** Until when, milliseconds since the Unix epoch; `undefined` when it is not paused. */
  load(): Promise<number | undefined>;
  save(until: number | undefined): Promise<void>;
}

/** Opens the file. */
export function openPauseFile(file: string): PauseFile {
  return {
    load: async () => {
      const until = Number(((await readTextFile(file)) ?? '').trim() || Number.NaN);
      return Number.isFinite(until) ? until : undefined;
    },
    save: (until) => replaceFile(file, until === undefined ? '' : `${until}\n`, 0o600),
  };
}
