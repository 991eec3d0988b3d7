import type { Plain, Value } from '@brine/common';
import { z } from 'zod';
import { defineRunner, type RunnerContext } from './define-runner.ts';

const none = z.object({});

/** `manage.status` */
export const status = defineRunner({
  name: 'manage.status',
  summary: 'Which accepted minions are connected and which are not.',
  args: none,
  examples: ['manage.status'],
  run: (_args, context) => ({ up: upIds(context), down: downIds(context) }),
});

/** `manage.up` */
export const up = defineRunner({
  name: 'manage.up',
  summary: 'The accepted minions that are connected.',
  args: none,
  examples: ['manage.up'],
  run: (_args, context) => upIds(context),
});

/** `manage.down` */
export const down = defineRunner({
  name: 'manage.down',
  summary: 'The accepted minions that are not connected.',
  args: none,
  examples: ['manage.down'],
  run: (_args, context) => downIds(context),
});

/** `manage.present` */
export const present = defineRunner({
  name: 'manage.present',
  summary: 'The minions that are connected now, without asking them.',
  args: none,
  examples: ['manage.present'],
  run: (_args, context) => upIds(context),
});

/** `manage.not_present` */
export const notPresent = defineRunner({
  name: 'manage.not_present',
  summary: 'The accepted minions that are not connected now.',
  args: none,
  examples: ['manage.not_present'],
  run: (_args, context) => downIds(context),
});

/** `manage.versions` */
export const versions = defineRunner({
  name: 'manage.versions',
  summary: 'The versions of the master and of its minions, as they told when they last connected.',
  args: none,
  examples: ['manage.versions'],
  run(_args, { keys, directory, options }) {
    const known = keys.acceptedIds().map((id) => [id, directory.find(id as never)?.version] as const);
    return {
      Master: options.get('brine_version') ?? null,
      Minions: new Map<Value, Plain>(known.map(([id, version]) => [id, version ?? 'never connected'])),
    };
  },
});

function upIds({ keys, directory }: RunnerContext): readonly string[] {
  const connected: ReadonlySet<string> = directory.connected;
  return keys.acceptedIds().filter((id) => connected.has(id));
}

function downIds({ keys, directory }: RunnerContext): readonly string[] {
  const connected: ReadonlySet<string> = directory.connected;
  return keys.acceptedIds().filter((id) => !connected.has(id));
}
