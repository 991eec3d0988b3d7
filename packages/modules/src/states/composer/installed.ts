import { z } from 'zod';
import { defineState, flag, isOk, willChange, withDefault } from '../../kit/index.ts';
import { didComposerInstall } from '../../providers/composer/composer.ts';
import { runForState, shared } from '../../providers/composer/run-for-state.ts';

const { env, ...before } = shared;

/** `composer.installed` */
export const installed = defineState({
  name: 'composer.installed',
  summary: 'Keeps what the composer.json of a folder asks for installed there.',
  args: z.object({
    ...before,
    always_check: withDefault(flag(), true).describe('Whether composer is asked also where it was run before.'),
    env,
  }),
  examples: [
    `/var/www/application:
  composer.installed:
    - no_dev: True
    - always_check: False`,
  ],
  notIdempotent: 'composer is asked each time, unless always_check is False',
  async check({ always_check: alwaysChecks, ...wish }, { host, signal }) {
    const isInstalled = await didComposerInstall(host, wish.name);
    if (!alwaysChecks && isInstalled) return isOk('Composer already installed this directory');
    const changes = {
      old: `composer install has ${isInstalled ? '' : 'not '}been run in ${wish.name}`,
      new: `composer install will be run in ${wish.name}`,
    };
    return willChange({ comment: `The state of "${wish.name}" will be changed.`, changes }, (machine) =>
      runForState(machine, { action: 'install', wish, signal }),
    );
  },
});
