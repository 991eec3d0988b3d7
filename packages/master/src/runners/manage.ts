import { brineVersion, type Plain, type Value } from '@brine/common';
import { flag, integer, optional, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner, type RunnerContext } from './define-runner.ts';
import { secondsOf } from './run-on-minions.ts';
import { targetArguments, targetOf } from './target-arguments.ts';

const waiting = z.object({
  ...targetArguments,
  timeout: optional(integer()).describe(
    'Seconds in which a minion must answer (default: `timeout` of the configuration, 5).',
  ),
});

/** `manage.status` */
export const status = defineRunner({
  name: 'manage.status',
  summary: 'Which accepted minions answer now and which do not.',
  args: waiting,
  examples: ['manage.status', "manage.status tgt='web*'", 'manage.status timeout=2'],
  run: async (args, context) => ask(args, context),
});

/** `manage.up` */
export const up = defineRunner({
  name: 'manage.up',
  summary: 'The accepted minions that answer now.',
  args: waiting,
  examples: ['manage.up', 'manage.up tgt=webservers tgt_type=nodegroup'],
  run: async (args, context) => (await ask(args, context)).up,
});

/** `manage.down` */
export const down = defineRunner({
  name: 'manage.down',
  summary: 'The accepted minions that do not answer now; their keys can be deleted at once.',
  args: z.object({
    removekeys: withDefault(flag(), false).describe('Delete the keys of those minions.'),
    ...waiting.shape,
  }),
  examples: ['manage.down', 'manage.down removekeys=True'],
  async run({ removekeys, ...args }, context) {
    const { down: away } = await ask(args, context);
    if (removekeys) {
      // Ids have no characters that mean something in a glob.
      for (const match of away) await context.keys.change({ action: 'delete', match, from: ['accepted'] });
    }
    return away;
  },
});

/** `manage.versions` */
export const versions = defineRunner({
  name: 'manage.versions',
  summary: 'Which minions run the version of the master, an older or a newer one, and which are not there.',
  args: z.object({ timeout: waiting.shape.timeout }),
  examples: ['manage.versions'],
  async run(given, context) {
    const groups: Record<string, Map<Value, Plain>> = {};
    const { up: present, down: away } = await ask({ tgt: '*', tgt_type: 'glob', ...given }, context);
    const put = (group: string, id: string, version: string | false): void => {
      (groups[group] ??= new Map<Value, Plain>()).set(id, version);
    };
    for (const id of away) put('Minion offline', id, false);
    for (const id of present) {
      const version = context.directory.find(id as never)?.version ?? brineVersion;
      put(groupOf(compareVersions(version, brineVersion)), id, version);
    }
    return { Master: brineVersion, ...groups };
  },
});

function groupOf(order: number): string {
  if (order === 0) return 'Up to date';
  return order < 0 ? 'Minion requires update' : 'Minion newer than master';
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let part = 0; part < 3; part += 1) {
    const difference = (left?.[part] ?? 0) - (right?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

type Standing = {
  readonly up: readonly string[];
  readonly down: readonly string[];
};

/** Who answers an authenticated ping; a session alone may belong to a machine that lost its power a moment ago. */
async function ask(
  { timeout, ...target }: z.infer<typeof waiting>,
  { directory, presence, options }: RunnerContext,
): Promise<Standing> {
  const ids = directory.match(targetOf(target));
  const alive: ReadonlySet<string> = new Set(
    await presence.alive({ timeoutMilliseconds: 1000 * (timeout ?? secondsOf(options.get('timeout'), 5)) }),
  );
  return { up: ids.filter((id) => alive.has(id)), down: ids.filter((id) => !alive.has(id)) };
}
