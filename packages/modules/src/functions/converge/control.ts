import type { Dict, Value } from '@brine/common';
import { z } from 'zod';
import { integer, optional } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

async function ask({ companions }: FunctionContext, request: Dict): Promise<Value> {
  if (companions === undefined) throw failure('The converge loop is a part of the minion daemon, and none runs here.');
  return companions.ask('converge', request);
}

export const status = defineFunction({
  name: 'converge.status',
  summary: 'How the converge loop of the minion stands: its mode, its last and next run, and whether it is paused.',
  args: z.object({}),
  examples: ["'*' converge.status"],
  run: (_args, context) => ask(context, new Map([['func', 'status']])),
});

export const pause = defineFunction({
  name: 'converge.pause',
  summary: 'Holds the converge loop, also over restarts, until `converge.resume` or for some seconds.',
  args: z.object({ seconds: optional(integer()).describe('How long; until it is resumed unless given.') }),
  examples: ["'*' converge.pause", "'*' converge.pause 3600"],
  run: ({ seconds }, context) =>
    ask(
      context,
      new Map<Value, Value>([
        ['func', 'pause'],
        ['seconds', seconds ?? null],
      ]),
    ),
});

export const resume = defineFunction({
  name: 'converge.resume',
  summary: 'Lets the converge loop go on, with a run at once.',
  args: z.object({}),
  examples: ["'*' converge.resume"],
  run: (_args, context) => ask(context, new Map([['func', 'resume']])),
});

export const now = defineFunction({
  name: 'converge.now',
  summary: 'Begins a run of the converge loop now; answers whether it did, which it does not while it is paused.',
  args: z.object({}),
  examples: ["'*' converge.now"],
  run: (_args, context) => ask(context, new Map([['func', 'now']])),
});
