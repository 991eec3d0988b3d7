import type { SequenceMark } from '@brine/bus';
import { readTextFile, replaceFile } from '@brine/daemon';

/** The highest publication sequence seen, in a file; an unreadable number counts as none. */
export function createSequenceStore(file: string): SequenceMark {
  return {
    load: async () => {
      const text = (await readTextFile(file))?.trim() ?? '';
      return /^\d{1,20}$/.test(text) ? BigInt(text) : 0n;
    },
    save: (highest) => replaceFile(file, `${highest}\n`, 0o600),
  };
}
