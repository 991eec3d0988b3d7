import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toValue, type CheckOutcome, type Dict, type Plain } from '@brine/common';
import { createFakeHost, createStateContext } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { createLocalHost } from '../../index.ts';
import { bindStateArguments, type Host } from '../../kit/index.ts';
import { run } from './run.ts';

const host = createLocalHost();

async function check(given: Readonly<Record<string, Plain>>): Promise<Extract<CheckOutcome<Host>, { kind: 'change' }>> {
  const { args } = bindStateArguments(run, toValue({ shell: '/bin/bash', ...given }) as Dict);
  const context = { ...(await createStateContext(createFakeHost(), run.name)), host };
  const outcome = await run.check(args, context);
  if (outcome.kind !== 'change') throw new Error(`a command is always a change, not ${outcome.kind}`);
  return outcome;
}

async function apply(given: Readonly<Record<string, Plain>>): Promise<unknown> {
  const { comment, changes, failed } = await (await check(given)).apply(host);
  const { pid, ...rest } = changes;
  return { comment, changes: rest, failed, ...(pid === undefined ? {} : { hasPid: Number(pid) > 0 }) };
}

describe('a command line', () => {
  const printed = (stdout: string): object => ({ retcode: 0, stdout, stderr: '' });

  it('may have no time limit and run in no folder of its own', async () => {
    expect(await apply({ name: 'echo a', timeout: 0, cwd: '' })).toEqual({
      comment: 'Command "echo a" run',
      changes: printed('a'),
      failed: false,
      hasPid: true,
    });
  });

  it('that is empty fails', async () => {
    const told = { comment: 'The command is empty', changes: {}, failed: true };
    expect(await apply({ name: '' })).toEqual(told);
    expect(await apply({ name: '  ' })).toEqual(told);
  });

  it('leaves a mask of zero to the run, which has set it', async () => {
    expect(await apply({ name: 'echo a', umask: '0' })).toMatchObject({ changes: printed('a'), failed: false });
    expect(await apply({ name: 'echo a', umask: '9' })).toMatchObject({ failed: true });
  });

  it('in the background answers no status and is not waited for', async () => {
    expect(await apply({ name: 'sleep 0.01; exit 3', bg: true })).toEqual({
      comment: 'Command "sleep 0.01; exit 3" run',
      changes: { retcode: null, stdout: '', stderr: '' },
      failed: false,
      hasPid: true,
    });
  });

  it('that reports with an open quotation has not reported', async () => {
    expect(await apply({ name: `echo 'changed=yes comment="x'`, stateful: true })).toMatchObject({
      comment: 'Failed parsing script output! Stdout must be JSON or a line of name=value pairs.',
      failed: true,
    });
  });
});

describe('test_name of a stateful command', () => {
  const foretell = async (testName: string): Promise<unknown> => {
    const folder = await mkdtemp(join(tmpdir(), 'brine-cmd-'));
    try {
      const stateful = [{ test_name: testName }];
      const { foretell: ask } = await check({ name: `touch ${folder}/done`, stateful });
      const told = await ask?.();
      expect(existsSync(join(folder, 'done'))).toBe(false);
      return told;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  it('tells in a dry run what would change, that nothing would, or that it failed', async () => {
    expect(await foretell('echo; echo "changed=yes comment=soon to=2"')).toMatchObject({
      kind: 'change',
      pending: { comment: 'soon', changes: { changed: 'yes', to: '2', retcode: 0 } },
    });
    expect(await foretell('echo "changed=no comment=current"')).toEqual({ kind: 'ok', comment: 'current' });
    expect(await foretell('echo "changed=no comment=broken"; exit 4')).toEqual({
      kind: 'fail',
      comment: 'broken',
      changes: {},
    });
  });

  it('is not asked for where none is given', async () => {
    expect((await check({ name: 'true', stateful: true })).foretell).toBeUndefined();
  });
});
