import { toPlain } from '@brine/common';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';
import type { MinionEnd } from '../../kit/context.ts';

async function call(name: string, answer: MinionEnd) {
  const asked: boolean[] = [];
  const endMinion = async (restarts: boolean) => {
    asked.push(restarts);
    return answer;
  };
  return { told: toPlain((await callScratch(name, { context: { endMinion } })).value), asked };
}

it('has the minion end, and tells which process that is', async () => {
  expect(await call('minion.kill', { pid: 12 })).toEqual({ told: { killed: 12, retcode: 0 }, asked: [false] });
  await expect(callScratch('minion.kill')).rejects.toThrow('no minion here that could be ended');
});

it('has it start again, and tells how', async () => {
  const command = ['/usr/bin/salt-minion', '-d'];
  expect(await call('minion.restart', { pid: 12, restart: { from: 'argv', command } })).toEqual({
    told: {
      ...{ killed: 12, retcode: 0, restart: { stdout: '', stderr: '' } },
      comment: ['Restart using process argv:', '    /usr/bin/salt-minion', '    -d'],
    },
    asked: [true],
  });
  expect((await call('minion.restart', { pid: 12, restart: { from: 'setting', command } })).told).toMatchObject({
    comment: ['Using configuration minion_restart_command:', '    /usr/bin/salt-minion', '    -d'],
  });
  expect((await call('minion.restart', { pid: 12 })).told).toEqual({
    ...{ killed: 12, retcode: 0, restart: {} },
    comment: ['Not running in daemon mode - will not restart process after killing'],
  });
});
