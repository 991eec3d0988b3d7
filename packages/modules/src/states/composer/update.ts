import { z } from 'zod';
import { defineState, willChange } from '../../kit/index.ts';
import { didComposerInstall } from '../../providers/composer/composer.ts';
import { runForState, shared } from '../../providers/composer/run-for-state.ts';

/** `composer.update` */
export const update = defineState({
  name: 'composer.update',
  summary: 'Has composer bring what the composer.json of a folder asks for to its latest versions.',
  args: z.object(shared),
  examples: [
    `/var/www/application:
  composer.update:
    - no_dev: True`,
  ],
  notIdempotent: 'which versions there are composer alone knows',
  async check(wish, { host, signal }) {
    const isInstalled = await didComposerInstall(host, wish.name);
    const changes = {
      old: `composer install has ${isInstalled ? '' : 'not yet '}been run in ${wish.name}`,
      new: `composer install/update will be run in ${wish.name}`,
    };
    return willChange({ comment: `The state of "${wish.name}" will be changed.`, changes }, (machine) =>
      runForState(machine, { action: 'update', wish, signal }),
    );
  },
});
