import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { isPluginEnabled } from '../../providers/rabbitmq/plugins.ts';
import type { RabbitmqRunner } from '../../providers/rabbitmq/rabbitmq.ts';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';
import { brokerName, control, list, plainArguments, runas } from './ctl.ts';

const vhost = brokerName('the name of a virtual host').describe('Name of the virtual host.');

export const listVhosts = defineFunction({
  name: 'rabbitmq.list_vhosts',
  summary: 'The virtual hosts of the broker.',
  args: plainArguments,
  examples: ["'*' rabbitmq.list_vhosts"],
  run: async (args, context) => (await list(context, args, ['list_vhosts'])).map((row) => String(row['name'])),
});

export const vhostExists = defineFunction({
  name: 'rabbitmq.vhost_exists',
  summary: 'Whether the broker has a virtual host.',
  args: z.object({ name: vhost, runas }),
  examples: ["'*' rabbitmq.vhost_exists rabbit_host"],
  run: async (args, context) =>
    (await list(context, args, ['list_vhosts'])).some((row) => String(row['name']) === args.name),
});

export const addVhost = defineFunction({
  name: 'rabbitmq.add_vhost',
  summary: 'Makes a virtual host.',
  args: z.object({ vhost, runas }),
  examples: ["'*' rabbitmq.add_vhost '<vhost_name>'"],
  run: async (args, context) => ({ Added: await control(context, args, ['add_vhost', args.vhost]) }),
});

export const deleteVhost = defineFunction({
  name: 'rabbitmq.delete_vhost',
  summary: 'Removes a virtual host with all it holds.',
  args: z.object({ vhost, runas }),
  examples: ["'*' rabbitmq.delete_vhost '<vhost_name>'"],
  run: async (args, context) => ({ Deleted: await control(context, args, ['delete_vhost', args.vhost]) }),
});

export const status = said('rabbitmq.status', 'status', 'What the broker tells of itself.');
export const clusterStatus = said('rabbitmq.cluster_status', 'cluster_status', 'What the broker tells of its cluster.');
export const stopApp = said('rabbitmq.stop_app', 'stop_app', 'Stops the application of the broker.');
export const startApp = said('rabbitmq.start_app', 'start_app', 'Starts the application of the broker.');
export const reset = said('rabbitmq.reset', 'reset', 'Makes the broker as it was when it was new.');
export const forceReset = said('rabbitmq.force_reset', 'force_reset', 'Resets the broker, whatever its cluster says.');

function said(name: string, command: string, summary: string) {
  return defineFunction({
    name,
    summary,
    args: plainArguments,
    examples: [`'*' ${name}`],
    run: (args, context) => control(context, args, [command]),
  });
}

export const joinCluster = defineFunction({
  name: 'rabbitmq.join_cluster',
  summary: 'Has the broker join that of another machine; its application is stopped meanwhile.',
  args: z.object({
    host: brokerName('the name of a machine').describe('The other machine.'),
    user: withDefault(brokerName('a name'), 'rabbit').describe('The first part of the name of its node.'),
    ram_node: withDefault(flag(), false).describe('Keep what it knows in memory only.'),
    runas,
  }),
  examples: ["'*' rabbitmq.join_cluster rabbit.example.com rabbit"],
  async run(args, context) {
    await control(context, args, ['stop_app']);
    try {
      const kind = args.ram_node ? ['--ram'] : [];
      return { Join: await control(context, args, ['join_cluster', ...kind, `${args.user}@${args.host}`]) };
    } finally {
      await control(context, args, ['start_app']);
    }
  },
});

const columns = textList()
  .refine((names) => names.every((name) => /^\w+$/.test(name)), 'must be names of columns')
  .describe('Which columns: name, messages, consumers and so on.');

export const listQueues = defineFunction({
  name: 'rabbitmq.list_queues',
  summary: 'The queues of the default virtual host: name → columns.',
  args: z.object({ runas, args: columns }),
  variadic: 'args',
  examples: ["'*' rabbitmq.list_queues root messages consumers"],
  run: (args, context) => queues(context, args, { columns: args.args }),
});

export const listQueuesVhost = defineFunction({
  name: 'rabbitmq.list_queues_vhost',
  summary: 'The queues of a virtual host: name → columns.',
  args: z.object({ vhost, runas, args: columns }),
  variadic: 'args',
  examples: ["'*' rabbitmq.list_queues_vhost / root messages consumers"],
  run: (args, context) => queues(context, args, { vhost: args.vhost, columns: args.args }),
});

async function queues(
  context: FunctionContext,
  runner: RabbitmqRunner,
  wish: { readonly vhost?: string; readonly columns: readonly string[] },
): Promise<Record<string, Plain>> {
  const where = wish.vhost === undefined ? [] : ['-p', wish.vhost];
  const said = await control(context, runner, ['list_queues', '-q', ...where, '--no-table-headers', ...wish.columns]);
  const rows = said.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    rows.map((row): [string, Plain] => {
      const [name = '', ...values] = row.split('\t');
      return [name, values.length === 0 ? '' : values];
    }),
  );
}

const plugin = brokerName('the name of a plugin').describe('Name of the plugin.');

export const listAvailablePlugins = plugins('rabbitmq.list_available_plugins', [], 'The plugins there are.');
export const listEnabledPlugins = plugins('rabbitmq.list_enabled_plugins', ['-e'], 'The plugins that are enabled.');

function plugins(name: string, options: readonly string[], summary: string) {
  return defineFunction({
    name,
    summary,
    args: plainArguments,
    examples: [`'*' ${name}`],
    async run(args, context) {
      const told = await runPlugins(context, args, ['list', '-m', '--quiet', ...options]);
      return told.split('\n').filter((line) => line !== '');
    },
  });
}

export const pluginIsEnabled = defineFunction({
  name: 'rabbitmq.plugin_is_enabled',
  summary: 'Whether a plugin is enabled.',
  args: z.object({ name: plugin, runas }),
  examples: ["'*' rabbitmq.plugin_is_enabled rabbitmq_plugin_name"],
  run: (args, { host }) => isPluginEnabled(host, args, args.name),
});

export const enablePlugin = defineFunction({
  name: 'rabbitmq.enable_plugin',
  summary: 'Enables a plugin.',
  args: z.object({ name: plugin, runas }),
  examples: ["'*' rabbitmq.enable_plugin foo"],
  run: async (args, context) => ({ Enabled: await runPlugins(context, args, ['enable', args.name]) }),
});

export const disablePlugin = defineFunction({
  name: 'rabbitmq.disable_plugin',
  summary: 'Disables a plugin.',
  args: z.object({ name: plugin, runas }),
  examples: ["'*' rabbitmq.disable_plugin foo"],
  run: async (args, context) => ({ Disabled: await runPlugins(context, args, ['disable', args.name]) }),
});

async function runPlugins(context: FunctionContext, runner: RabbitmqRunner, words: readonly string[]): Promise<string> {
  const as = runner.runas === undefined ? {} : { user: runner.runas };
  const result = await runProgram(context, ['rabbitmq-plugins', ...words], { timeout: 600_000, ...as });
  if (result.exitCode !== 0) throw failure(`RabbitMQ command failed: ${complaint(result)}`);
  return result.stdout.trimEnd();
}
