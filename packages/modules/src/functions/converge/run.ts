import { z } from 'zod';
import { dict, textList } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { requestStates, runArguments, toKeywords } from '../state/state-function.ts';

const kwargs = dict().describe('Further arguments of the run, as for `state.highstate`.');

export const run = defineFunction({
  name: 'converge.run',
  summary: 'Applies the highstate as the converge loop does: it waits for other state runs, and they for it.',
  args: z.object({ ...runArguments, kwargs }),
  keywords: 'kwargs',
  outputter: 'highstate',
  examples: ["'*' converge.run", "'*' converge.run test=True"],
  run: (args, context) => requestStates(context, 'converge', toKeywords({ terse: true, ...args })),
});

export const check = defineFunction({
  name: 'converge.check',
  summary: 'Applies those states of the highstate that manage some files, and what follows from their changes.',
  args: z.object({ paths: textList().describe('Absolute paths of files.'), ...runArguments, kwargs }),
  keywords: 'kwargs',
  outputter: 'highstate',
  examples: ["'*' converge.check /etc/motd", "'*' converge.check /etc/motd test=True"],
  run: ({ paths, ...args }, context) => requestStates(context, 'drift', toKeywords({ ...args, paths: [...paths] })),
});
