import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLineLogger } from './line-logger.ts';
import { createLogFile } from './log-file-store.ts';

describe('the log of a command', () => {
  it('writes each target at its level, for people and as the daemons do', () => {
    const text: string[] = [];
    const json: string[] = [];
    const logger = createLineLogger([
      { level: 'warning', form: 'text', write: (line) => text.push(line) },
      { level: 'debug', form: 'json', write: (line) => json.push(line) },
    ]).child({ jid: '1' });
    logger.trace('too fine');
    logger.debug('asking', { path: '/v1' });
    logger.error('failed', { error: new TypeError('no') });
    expect(text).toEqual(['[ERROR   ] failed jid=1 error=no\n']);
    expect(json.map((line) => ({ ...(JSON.parse(line) as object), time: '' }))).toEqual([
      { level: 20, time: '', jid: '1', path: '/v1', msg: 'asking' },
      { level: 50, time: '', jid: '1', error: 'no', msg: 'failed' },
    ]);
  });

  it('is appended to a file that others may not read, and tells once that it cannot be', () => {
    const folder = mkdtempSync(join(tmpdir(), 'brine-command-log-'));
    try {
      const said: string[] = [];
      const path = join(folder, 'new', 'log');
      const write = createLogFile({ path, onUnwritable: (reason) => said.push(reason) });
      write('a\n');
      write('b\n');
      expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o007]).toEqual(['a\nb\n', 0]);
      mkdirSync(join(folder, 'folder'));
      const fails = createLogFile({ path: join(folder, 'folder'), onUnwritable: (reason) => said.push(reason) });
      fails('a\n');
      fails('b\n');
      expect(said).toEqual([expect.stringContaining('EISDIR')]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
