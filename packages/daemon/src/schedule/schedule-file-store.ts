import path from 'node:path';
import { dumpYaml, isDict, loadYaml, type Dict } from '@brine/common';
import { readTextFile, replaceFile } from '../replace-file-store.ts';

/** Where a schedule that functions changed is kept: Salt's `_schedule.conf`. */
export interface ScheduleFile {
  /** The saved schedule; `undefined` when nothing was ever saved. Throws when the file is no YAML. */
  load(): Promise<Dict | undefined>;
  save(schedule: Dict): Promise<void>;
}

/** The file of a configuration folder: `minion.d/_schedule.conf` unless `default_include` says another folder. */
export function openScheduleFile(configDirectory: string, defaultInclude: string): ScheduleFile {
  const file = path.resolve(configDirectory, path.dirname(defaultInclude), '_schedule.conf');
  return {
    load: async () => {
      const text = await readTextFile(file);
      if (text === undefined) return undefined;
      const { value } = loadYaml(text, { file });
      const schedule = isDict(value) ? value.get('schedule') : undefined;
      return isDict(schedule) ? schedule : new Map();
    },
    save: (schedule) => replaceFile(file, dumpYaml(new Map([['schedule', schedule]])), 0o600),
  };
}
