import { AppError } from '@brine/common';
import { anyValue } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner, type RunnerDeclaration } from './define-runner.ts';

/** Runners of Salt's that cannot work here, with the reason and what to do instead. */
const reasons: readonly (readonly [name: string, reason: string])[] = [
  [
    'manage.safe_accept',
    'it needs salt-ssh, which does not exist here; make a join token instead: salt-key --token create --id ID',
  ],
  [
    'manage.bootstrap',
    'it needs salt-ssh, which does not exist here; install the minion and give it a join token: salt-key --token create --id ID',
  ],
  ['manage.bootstrap_psexec', 'minions run on Linux; give a new one a join token: salt-key --token create --id ID'],
  [
    'manage.key_regen',
    'nobody has to delete keys to renew them: salt-key --rotate GLOB renews those of minions, salt-key --rotate-master that of the master',
  ],
  ['cache.cloud', 'salt-cloud does not exist here'],
];

/** Their declarations: whoever calls one is told why it fails. */
export const refusedRunners: readonly RunnerDeclaration[] = reasons.map(([name, reason]) =>
  defineRunner({
    name,
    summary: `Refused: ${reason}.`,
    args: z.object({ args: anyValue(), kwargs: anyValue() }),
    variadic: 'args',
    keywords: 'kwargs',
    examples: [name],
    run() {
      throw new AppError({ code: 'runner-failed', message: `${name} is not possible: ${reason}` });
    },
  }),
);
