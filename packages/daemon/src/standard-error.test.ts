import { spawn } from 'node:child_process';
import { createManualClock } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { PatientLines, type LineStream } from './standard-error.ts';

/** A pipe with room for so many bytes, and lines that go into it. */
function createPipe(room: number, capacity: number) {
  const clock = createManualClock();
  const pipe = { room, text: '', error: 'EAGAIN' };
  const lines: LineStream = new PatientLines({
    write(bytes) {
      if (pipe.room === 0) throw Object.assign(new Error(pipe.error), { code: pipe.error });
      const written = Math.min(pipe.room, bytes.length);
      pipe.room -= written;
      pipe.text += bytes.subarray(0, written).toString();
      return written;
    },
    clock,
    capacity,
  });
  return { clock, pipe, lines };
}

describe('lines that never wait', () => {
  it('go on where the pipe was full once somebody reads', () => {
    const { clock, pipe, lines } = createPipe(5, 100);
    for (const line of ['one\n', 'two\n', 'three\n']) lines.write(line);
    expect(pipe.text).toBe('one\nt');
    pipe.room = 100;
    clock.advance(20);
    expect(pipe.text).toBe('one\ntwo\nthree\n');
  });

  it('are dropped when too many wait, and counted', () => {
    const { clock, pipe, lines } = createPipe(0, 8);
    for (const line of ['one\n', 'two\n', 'three\n', 'four\n']) lines.write(line);
    pipe.room = 1_000;
    clock.advance(20);
    lines.write('five\n');
    const [one, two, loss, five] = pipe.text.split('\n');
    expect([one, two, five]).toEqual(['one', 'two', 'five']);
    expect(JSON.parse(loss ?? '')).toMatchObject({ level: 40, lost: 2, msg: 'log lines were lost: nobody read them' });
  });

  it('are forgotten when the reader is gone', () => {
    const { clock, pipe, lines } = createPipe(0, 100);
    lines.write('one\n');
    pipe.error = 'EPIPE';
    clock.advance(20);
    Object.assign(pipe, { room: 100, error: 'EAGAIN' });
    lines.write('two\n');
    expect(pipe.text).toBe('two\n');
  });

  it('are handed over at the end as far as there is room', () => {
    const { clock, pipe, lines } = createPipe(0, 100);
    for (const line of ['one\n', 'two\n']) lines.write(line);
    pipe.room = 6;
    lines.destroy();
    expect(pipe.text).toBe('one\ntw');
    pipe.room = 100;
    clock.advance(1_000);
    expect(pipe.text).toBe('one\ntw');
  });
});

it('a process goes on whose standard error nobody reads', async () => {
  const log = new URL('../dist/pino-logger.js', import.meta.url);
  const script = `
    const { createLogger } = await import(${JSON.stringify(log.href)});
    const logger = createLogger([{ level: 'info', to: 'stderr' }]);
    for (let line = 0; line < 60_000; line += 1) logger.info('a line that is as long as most', { line });
    process.stdout.write('alive');
    process.stdin.once('data', () => process.exit(0));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  const alive = await new Promise<string>((resolve) =>
    child.stdout.once('data', (bytes: Buffer) => resolve(String(bytes))),
  );
  expect(alive).toBe('alive');
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said += String(bytes);
  });
  await expect.poll(() => said).toContain('log lines were lost');
  child.stdin.write('end\n');
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  const lines = said
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { line?: number; lost?: number });
  const lost = lines.reduce((sum, { lost: some = 0 }) => sum + some, 0);
  expect(lines.filter(({ line }) => line !== undefined).length + lost).toBe(60_000);
});
