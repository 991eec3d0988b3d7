import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from './pino-logger.ts';

describe('the log', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'brine-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const linesOf = (file: string): unknown[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const { time: _time, ...rest } = JSON.parse(line) as Record<string, unknown>;
        return rest;
      });

  it('writes each target at its own level, with what the logger is bound to', () => {
    const [all, few] = [join(folder, 'a', 'all.log'), join(folder, 'few.log')];
    const logger = createLogger([
      { level: 'debug', to: all },
      { level: 'warning', to: few },
    ]).child({ component: 'jobs' });
    logger.info('job accepted', { jid: '1' });
    logger.warn('job late', { jid: '2' });
    logger.trace('too fine');
    expect(linesOf(all)).toEqual([
      { level: 30, component: 'jobs', jid: '1', msg: 'job accepted' },
      { level: 40, component: 'jobs', jid: '2', msg: 'job late' },
    ]);
    expect(linesOf(few)).toEqual([{ level: 40, component: 'jobs', jid: '2', msg: 'job late' }]);
    expect(statSync(all).mode & 0o007).toBe(0);
  });

  it('writes errors with their type and message', () => {
    const file = join(folder, 'log');
    createLogger([{ level: 'error', to: file }]).error('failed', { error: new TypeError('no') });
    expect(linesOf(file)).toMatchObject([{ level: 50, msg: 'failed', err: { type: 'TypeError', message: 'no' } }]);
  });

  it('writes nothing when it is to be quiet', () => {
    createLogger([{ level: 'quiet', to: join(folder, 'log') }]).error('failed');
    expect(() => statSync(join(folder, 'log'))).toThrow('ENOENT');
  });

  it('names a file that it cannot write', () => {
    expect(() => createLogger([{ level: 'info', to: folder }])).toThrow(`cannot write the log file ${folder}: `);
  });
});
