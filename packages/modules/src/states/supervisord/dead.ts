import { z } from 'zod';
import { defineState, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  isStopped,
  processesOf,
  readProcesses,
  runSupervisor,
  supervisorArguments,
} from '../../providers/supervisor/supervisor.ts';

/** `supervisord.dead` */
export const dead = defineState({
  name: 'supervisord.dead',
  summary: 'Keeps a process (or with a colon at its end a group) stopped under a supervisor.',
  args: z.object({
    name: lineText().describe('Name of the process; `group:process` in a group, `group:` for all of one.'),
    ...supervisorArguments,
  }),
  examples: [
    `app:
  supervisord.dead: []`,
  ],
  acceptsUnknown: true,
  async check({ name: given, ...supervisor }, { host }) {
    const name = given.replace(/:\*$/, ':');
    const found = processesOf(name, await readProcesses(host, supervisor));
    if (found.size === 0) return isOk(`Service ${name} doesn't exist`);
    if ([...found.values()].every(isStopped)) return isOk(`Service ${name} is not running`);
    const comment = `Stopping service: ${name}`;
    const changes = { [name]: comment };
    return willChange({ comment: `Service ${name} is set to be stopped`, changes }, (machine) =>
      attempt('', async () => {
        await runSupervisor(machine, supervisor, ['stop', name.endsWith(':') ? `${name}*` : name]);
        return { comment, changes };
      }),
    );
  },
});
