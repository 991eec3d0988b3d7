import { createHash } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Logger } from '@brine/common';

/** Something that somebody did or tried; never arguments, passwords or tokens. */
export interface AuditEntry {
  readonly what: string;
  readonly user: string;
  readonly via: string;
  readonly allowed: boolean;
  readonly fun?: string;
  readonly target?: string;
  readonly from?: string;
  readonly eauth?: string;
  /** Why not. */
  readonly reason?: string;
  /** How many refusals of the same kind are left out before this one. */
  readonly more?: number;
}

/** The record of who did what. */
export interface AuditLog {
  record(entry: AuditEntry): void;
  /** Resolves when everything recorded is written. */
  close(): Promise<void>;
}

/** Bytes looked at for the last line when a log is continued. */
const tailLength = 16 * 1024;

/**
 * Appends to an audit log (0600), a line of JSON an entry. Each line has the digest of the line before, so that what is
 * changed or taken out later shows. A log that cannot be written is told to the logger, and the master goes on.
 */
export async function openAuditLog(path: string, clock: Clock, logger: Logger): Promise<AuditLog> {
  let last: string;
  let file: FileHandle;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    file = await open(path, 'a+', 0o600);
    last = digestOf(await lastLine(file));
  } catch (error) {
    logger.error('the audit log cannot be opened; decisions on access are not recorded', { path, error });
    return { record: () => {}, close: () => Promise.resolve() };
  }
  let waiting = '';
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const text = waiting;
    waiting = '';
    if (text !== '') await file.appendFile(text);
  };
  return {
    record(entry) {
      const line = JSON.stringify({ time: new Date(clock.now()).toISOString(), ...entry, previous: last });
      last = digestOf(line);
      waiting += `${line}\n`;
      writing = writing.then(write).catch((error: unknown) => {
        logger.error('the audit log cannot be written', { path, error });
      });
    },
    async close() {
      await writing;
      await file.close();
    },
  };
}

function digestOf(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}

async function lastLine(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const start = Math.max(0, size - tailLength);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
  return buffer.subarray(0, bytesRead).toString('utf8').trimEnd().split('\n').at(-1) ?? '';
}
