import type { Plain, Value } from '@brine/common';
import { integer, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner, type RunnerContext } from './define-runner.ts';

const none = z.object({});
const waiting = z.object({
  timeout: withDefault(integer(), 5).describe('Seconds in which a minion must answer.'),
});

/** `manage.status` */
export const status = defineRunner({
  name: 'manage.status',
  summary: 'Which accepted minions answer now and which do not.',
  args: waiting,
  examples: ['manage.status', 'manage.status timeout=2'],
  async run(args, context) {
    const answering = await answeringIds(args, context);
    return { up: answering, down: without(answering, context) };
  },
});

/** `manage.up` */
export const up = defineRunner({
  name: 'manage.up',
  summary: 'The accepted minions that answer now.',
  args: waiting,
  examples: ['manage.up', 'manage.up timeout=2'],
  run: async (args, context) => answeringIds(args, context),
});

/** `manage.down` */
export const down = defineRunner({
  name: 'manage.down',
  summary: 'The accepted minions that do not answer now.',
  args: waiting,
  examples: ['manage.down', 'manage.down timeout=2'],
  run: async (args, context) => without(await answeringIds(args, context), context),
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

/** Who answers an authenticated ping; a session alone may belong to a machine that lost its power a moment ago. */
async function answeringIds(
  { timeout }: z.infer<typeof waiting>,
  { keys, presence }: RunnerContext,
): Promise<readonly string[]> {
  const alive: ReadonlySet<string> = new Set(await presence.alive({ timeoutMilliseconds: timeout * 1000 }));
  return keys.acceptedIds().filter((id) => alive.has(id));
}

function without(present: readonly string[], { keys }: RunnerContext): readonly string[] {
  const known = new Set(present);
  return keys.acceptedIds().filter((id) => !known.has(id));
}

function upIds({ keys, directory }: RunnerContext): readonly string[] {
  const connected: ReadonlySet<string> = directory.connected;
  return keys.acceptedIds().filter((id) => connected.has(id));
}

function downIds({ keys, directory }: RunnerContext): readonly string[] {
  const connected: ReadonlySet<string> = directory.connected;
  return keys.acceptedIds().filter((id) => !connected.has(id));
}
