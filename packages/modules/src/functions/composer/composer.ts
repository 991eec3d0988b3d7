import type { Plain } from '@brine/common';
import { z } from 'zod';
import { operand, optional } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import {
  composerArguments,
  didComposerInstall,
  runComposer,
  type ComposerCall,
} from '../../providers/composer/composer.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { safeName } from '../safe-name.ts';

const { composer, php, quiet, composer_home: composerHome, ...options } = composerArguments;
const directory = operand().describe('The folder with composer.json.');
const runas = optional(safeName('the name of an account')).describe('Account composer runs as.');
const { env, ...choices } = options;
const args = z.object({ directory, composer, php, runas, ...choices, quiet, composer_home: composerHome, env });

type Wish = ComposerCall['wish'] & { readonly directory?: string; readonly runas: string | undefined };

async function run(context: FunctionContext, action: ComposerCall['action'], wish: Wish): Promise<Plain> {
  const { directory: folder, runas: user } = wish;
  const place = folder === undefined ? {} : { directory: folder };
  const result = await runComposer(context.host, { action, ...place, user, wish, signal: context.signal });
  const { pid, exitCode: retcode, stdout, stderr } = result;
  return wish.quiet === true ? true : { pid, retcode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}

export const didInstall = defineFunction({
  name: 'composer.did_composer_install',
  summary: 'Whether composer was run in a folder.',
  args: z.object({ dir: operand().describe('The folder.') }),
  examples: ["'*' composer.did_composer_install /var/www/application"],
  run: async ({ dir }, { host }) => didComposerInstall(host, dir),
});

export const install = defineFunction({
  name: 'composer.install',
  summary:
    'Installs what the composer.json of a folder asks for; answers how composer ended, or true when it is to be quiet.',
  args,
  examples: ["'*' composer.install /var/www/application no_dev=True optimize=True"],
  run: async (wish, context) => run(context, 'install', wish),
});

export const update = defineFunction({
  name: 'composer.update',
  summary: 'Brings what the composer.json of a folder asks for to its latest versions.',
  args,
  examples: ["'*' composer.update /var/www/application"],
  run: async (wish, context) => run(context, 'update', wish),
});

export const selfUpdate = defineFunction({
  name: 'composer.selfupdate',
  summary: 'Brings composer itself to its latest version.',
  args: z.object({ composer, php, runas, quiet, composer_home: composerHome }),
  examples: ["'*' composer.selfupdate"],
  run: async (wish, context) => run(context, 'selfupdate', wish),
});
