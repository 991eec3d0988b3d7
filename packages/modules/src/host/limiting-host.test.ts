import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toValue, type Dict, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandRequest } from '../kit/index.ts';
import { limitingHost, readProgramLimits } from './limiting-host.ts';
import { createLocalHost } from './local/local-host.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brine-limits-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function limitsOf(options: Readonly<Record<string, Plain>>) {
  return readProgramLimits(toValue(options) as Dict);
}

/** The limit that a program gets, in milliseconds. */
async function limitOf(request: CommandRequest, options: Readonly<Record<string, Plain>> = {}): Promise<string> {
  const tell = (_: readonly string[], __: unknown, { timeout }: CommandRequest): string => String(timeout);
  const host = limitingHost(createFakeHost({ programs: { tell, rsync: tell, sh: tell } }), limitsOf(options));
  const { stdout } = await host.run(request);
  expect((await host.inspect(request)).stdout).toBe(stdout);
  return stdout;
}

describe('the limit of a program', () => {
  const plain: CommandRequest = { command: ['/usr/bin/tell'] };

  it('is an hour, or what the configuration says', async () => {
    expect(await limitOf(plain)).toBe('3600000');
    expect(await limitOf(plain, { program_timeout: 0.5 })).toBe('500');
    expect(await limitOf(plain, { program_timeout: 0 })).toBe('null');
    expect(await limitOf(plain, { program_timeout: 'soon' })).toBe('3600000');
  });

  it('is a day for what moves whole disks', async () => {
    expect(await limitOf({ command: ['rsync'] })).toBe('86400000');
  });

  it('is its own where it sets one, but for what is configured by its name', async () => {
    expect(await limitOf({ ...plain, timeout: 7 }, { program_timeout: 1 })).toBe('7');
    expect(await limitOf({ ...plain, timeout: 7 }, { program_timeouts: { tell: 2 } })).toBe('2000');
    expect(await limitOf(plain, { program_timeouts: { tell: 0 } })).toBe('null');
  });

  it('is nobody else’s where a user said it, or that there is none', async () => {
    const line: CommandRequest = { command: { line: 'sleep 9', shell: '/bin/sh' }, timeout: null };
    expect(await limitOf(line, { program_timeouts: { sh: 2 } })).toBe('null');
    const told = { ...line, timeout: 5, answersTimeout: true };
    expect(await limitOf(told, { program_timeouts: { sh: 2 } })).toBe('5');
  });
});

describe('a program that its limit ends', () => {
  const local = createLocalHost();

  it('is an error that names it and the limit', async () => {
    const host = limitingHost(local, limitsOf({ program_timeout: 0.2 }));
    const words = /^sleep did not end within 0\.2 seconds, its limit, and was ended$/;
    await expect(host.run({ command: ['/bin/sleep', '60'] })).rejects.toThrow(words);
    await expect(host.inspect({ command: ['sleep', '60'] })).rejects.toMatchObject({ code: 'program-timeout' });
  });

  it('is an answer for who asks for it', async () => {
    const host = limitingHost(local, limitsOf({ program_timeouts: { sleep: 0.2 } }));
    const request = { command: ['sleep', '60'], timeout: 100, answersTimeout: true };
    expect(await host.run(request)).toMatchObject({ exitCode: 124, timedOut: true });
  });

  it('ends with all it started, also with what takes no notice', async () => {
    const host = limitingHost(local, limitsOf({ program_timeout: 0.5 }));
    const mark = join(folder, 'pid');
    const line = `(trap "" TERM; exec sh -c 'echo $$ > ${mark}; while :; do sleep 1; done' >/dev/null 2>&1) & wait`;
    await expect(host.run({ command: ['sh', '-c', line] })).rejects.toMatchObject({ code: 'program-timeout' });
    const pid = Number(await readFile(mark, 'utf8'));
    expect(await stateOf(pid)).toMatch(/^(gone|Z)$/);
  });
});

/** The letter of a process's state; an orphan may wait for who reaps it. */
async function stateOf(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return status === undefined ? 'gone' : (/\) (\w)/.exec(status)?.[1] ?? '');
}
