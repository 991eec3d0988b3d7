import { replaceConfigText } from './config-file-store.ts';
import { writeIntoRoot } from './roots-store.ts';

/** What wheel functions write. */
export interface WheelWriters {
  /** Writes a configuration file, whole or not at all. */
  writeConfig(path: string, text: string): Promise<void>;
  /** Writes a file below a folder that is served; `undefined` when it would not lie inside. */
  writeRoots(root: string, path: string, text: string): Promise<string | undefined>;
}

/** The writers of a master. */
export const wheelWriters: WheelWriters = { writeConfig: replaceConfigText, writeRoots: writeIntoRoot };
