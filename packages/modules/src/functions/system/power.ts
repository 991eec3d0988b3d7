import { z } from 'zod';
import { integer, optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

export const reboot = defineFunction({
  name: 'system.reboot',
  summary: 'Restarts the machine, at once or after some minutes.',
  args: z.object({ at_time: optional(integer()).describe('Minutes to wait.') }),
  examples: ["'*' system.reboot"],
  run: ({ at_time: minutes }, context) =>
    runShutdown(context, ['shutdown', '-r', minutes === undefined ? 'now' : `+${minutes}`]),
});

export const shutdown = defineFunction({
  name: 'system.shutdown',
  summary: 'Ends the machine, at once or after some minutes.',
  args: z.object({ at_time: optional(integer()).describe('Minutes to wait.') }),
  examples: ["'*' system.shutdown 5"],
  run: ({ at_time: minutes }, context) =>
    runShutdown(context, ['shutdown', '-h', minutes === undefined ? 'now' : `+${minutes}`]),
});

export const poweroff = defineFunction({
  name: 'system.poweroff',
  summary: 'Ends the machine and turns it off.',
  args: z.object({}),
  examples: ["'*' system.poweroff"],
  run: (_args, context) => runShutdown(context, ['poweroff']),
});

export const getComputerName = defineFunction({
  name: 'system.get_computer_name',
  summary: 'The name of the machine.',
  args: z.object({}),
  examples: ["'*' system.get_computer_name"],
  run: async (_args, { grains, call }) => grains.get('nodename') ?? call('network.get_hostname'),
});

export const setComputerName = defineFunction({
  name: 'system.set_computer_name',
  summary: 'Sets the name of the machine, now and for the next start; answers whether that went well.',
  args: z.object({
    hostname: text()
      .refine((value) => /^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/.test(value), 'must be the name of a machine')
      .describe('The name.'),
  }),
  examples: ["'*' system.set_computer_name master.saltstack.com"],
  async run({ hostname }, { host, signal }) {
    await host.files.write('/etc/hostname', new TextEncoder().encode(`${hostname}\n`));
    return (await host.run({ command: ['hostname', hostname], signal })).exitCode === 0;
  },
});

async function runShutdown({ host, signal }: FunctionContext, command: readonly string[]): Promise<string> {
  const [program = ''] = command;
  if ((await host.which(program)) === undefined) throw failure(`${program} was not found on this minion.`);
  const result = await host.run({ command, signal });
  if (result.exitCode !== 0) throw failure(`${program} failed: ${result.stderr.trim()}`);
  return result.stdout.trimEnd();
}
