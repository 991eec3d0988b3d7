import type { Plain } from '@brine/common';
import { z } from 'zod';
import { integer, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext, MinionEnd } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

export const kill = defineFunction({
  name: 'minion.kill',
  summary: 'Ends the minion, in good order, once its return is on the disk; answers which process ends.',
  args: z.object({ timeout: withDefault(integer(), 15).describe('Accepted for Salt; the answer waits for nothing.') }),
  examples: ["'*' minion.kill"],
  async run(_args, context): Promise<Plain> {
    const { pid } = await end(context, false);
    return { killed: pid, retcode: 0 };
  },
});

export const restart = defineFunction({
  name: 'minion.restart',
  summary:
    'Ends the minion as `minion.kill` does and starts it again, by `minion_restart_command` or, when it runs in the ' +
    'background (`-d`), as it was started; else whoever watches over it has to.',
  args: z.object({}),
  examples: ["'*' minion.restart"],
  async run(_args, context): Promise<Plain> {
    const { pid, restart: again } = await end(context, true);
    const restartAnswer = again === undefined ? {} : { stdout: '', stderr: '' };
    return { killed: pid, restart: restartAnswer, retcode: 0, comment: [...describe(again)] };
  },
});

async function end(context: FunctionContext, restarts: boolean): Promise<MinionEnd> {
  if (context.endMinion === undefined) throw failure('there is no minion here that could be ended');
  return context.endMinion(restarts);
}

function describe(again: MinionEnd['restart']): readonly string[] {
  if (again === undefined) return ['Not running in daemon mode - will not restart process after killing'];
  const title =
    again.from === 'setting' ? 'Using configuration minion_restart_command:' : 'Restart using process argv:';
  return [title, ...again.command.map((word) => `    ${word}`)];
}
