import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/** How a log file is opened. */
export interface LogFileRequest {
  readonly path: string;
  /** Told once, when the file cannot be written; from then on nothing is. */
  readonly onUnwritable: (reason: string) => void;
}

/**
 * Appends lines to a log file, which is made with mode 0640 when the first line comes. What cannot be written is told
 * once and ends no command.
 */
export function createLogFile({ path, onUnwritable }: LogFileRequest): (line: string) => void {
  let isUsable = true;
  return (line) => {
    if (!isUsable) return;
    try {
      const file = open(path);
      try {
        appendFileSync(file, line);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      isUsable = false;
      onUnwritable(error instanceof Error ? error.message : String(error));
    }
  };
}

function open(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a', 0o640);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new Error(`${path} is no file`);
}
