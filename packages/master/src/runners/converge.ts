import { matchGlob, pythonStr } from '@brine/common';
import { text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

/** `converge.status` */
export const convergeStatus = defineRunner({
  name: 'converge.status',
  summary: 'How minions with a converge loop stand: in state, drifted or failing, since when, and what is wrong where.',
  args: z.object({ match: withDefault(text(), '*').describe('A glob over minion ids.') }),
  examples: ['converge.status', "converge.status 'web*'"],
  run: ({ match }, { automation }) =>
    new Map([...automation.converge.status()].filter(([minion]) => matchGlob(match, pythonStr(minion)))),
});
