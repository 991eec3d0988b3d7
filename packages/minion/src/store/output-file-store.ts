import fs from 'node:fs/promises';
import { minionError } from '../errors.ts';

/** Writes what a command would have printed to a file instead; the file keeps its owner and mode. */
export async function writeOutputFile(file: string, text: string, append: boolean): Promise<void> {
  try {
    await fs.writeFile(file, text, { flag: append ? 'a' : 'w' });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw minionError('output-unwritable', `the output cannot be written to ${file}: ${reason}`, { cause });
  }
}
