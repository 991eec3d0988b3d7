import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Logger } from '@brine/common';
import type { KeyEvent } from './key-desk.ts';

/** The record of every change of a key, for people and for audits: one line each, appended. */
export interface KeyLog {
  changed(change: KeyEvent): void;
  masterRotated(fingerprint: string): void;
  cloned(id: string, fingerprint: string): void;
  /** The key of `holder` was offered under another id. */
  copied(id: string, fingerprint: string, holder: string): void;
}

/** Writes to `key_logfile` (0600). A file that cannot be written is told to the log once; keys go on. */
export function createKeyLog(file: string, clock: Clock, logger: Logger): KeyLog {
  let isBroken = false;
  let lines: string[] = [];
  const write = (words: readonly string[]): void => {
    if (file === '') return;
    // What changes at once is written at once: there may be thousands.
    if (lines.length === 0) queueMicrotask(append);
    lines.push(`${new Date(clock.now()).toISOString()} ${words.join(' ')}\n`);
  };
  const append = (): void => {
    const text = lines.join('');
    lines = [];
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      appendFileSync(file, text, { mode: 0o600 });
      isBroken = false;
    } catch (error) {
      if (!isBroken) logger.error('key_logfile cannot be written', { file, error });
      isBroken = true;
    }
  };
  return {
    changed: ({ id, action, by, key }) => write([action, id, key.fingerprint, `by=${by}`]),
    masterRotated: (fingerprint) => write(['rotate-master', fingerprint]),
    cloned: (id, fingerprint) => write(['clone', id, fingerprint]),
    copied: (id, fingerprint, holder) => write(['clone', id, fingerprint, `key-of=${holder}`]),
  };
}
