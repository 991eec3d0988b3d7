import type { CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  flag,
  isOk,
  lineText,
  willChange,
  withDefault,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  isStopped,
  processesOf,
  readProcesses,
  runSupervisor,
  supervisorArguments,
  type Supervisor,
} from '../../providers/supervisor/supervisor.ts';

/** `supervisord.running` */
export const running = defineState({
  name: 'supervisord.running',
  summary: 'Keeps a process (or with a colon at its end a group) running under a supervisor.',
  args: z.object({
    name: lineText().describe('Name of the process; `group:process` in a group, `group:` for all of one.'),
    restart: withDefault(flag(), false).describe('Whether it is started anew when it runs.'),
    update: withDefault(flag(), false).describe('Whether the supervisor reads its configuration first.'),
    ...supervisorArguments,
  }),
  examples: [
    `app:
  supervisord.running:
    - watch:
      - file: /etc/supervisor/conf.d/app.conf`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'restart and update are done on each run when asked for',
  check: (args, context) => checkRunning(args, context),
  // Salt's watch restarts, with the arguments of the state otherwise.
  onWatch: (args, context) => checkRunning({ ...args, restart: true }, context),
});

interface Wish extends Supervisor {
  readonly name: string;
  readonly restart: boolean;
  readonly update: boolean;
}

async function checkRunning(wish: Wish, { host }: StateContext): Promise<CheckOutcome<Host>> {
  const name = wish.name.replace(/:\*$/, ':');
  const found = processesOf(name, await readProcesses(host, wish));
  const stopped = [...found].filter(([, state]) => isStopped(state)).map(([each]) => each);
  const kind = name.endsWith(':') ? 'group' : 'service';
  if (found.size > 0 && stopped.length === 0 && !wish.restart && !wish.update)
    return isOk(`Not starting already running ${kind}: ${name}`);
  const steps = planSteps(wish, name, { found, stopped });
  const changes = { [name]: steps.map((step) => step.comment).join(' ') };
  return willChange({ comment: foretell(name, { found, stopped }), changes }, (machine) =>
    attempt('', async () => {
      for (const step of steps) for (const words of step.commands) await runSupervisor(machine, wish, words);
      return { comment: steps.at(-1)?.comment ?? '', changes };
    }),
  );
}

interface Found {
  readonly found: ReadonlyMap<string, string>;
  readonly stopped: readonly string[];
}

function foretell(name: string, { found, stopped }: Found): string {
  const isGroup = name.endsWith(':');
  if (found.size === 0) return `${isGroup ? `Group '${name}'` : `Service ${name}`} will be added and started`;
  if (stopped.length === 0) return `${isGroup ? `Group '${name}'` : `Service ${name}`} will be restarted`;
  if (!isGroup) return `Service ${name} will be started`;
  return stopped.length === found.size
    ? `All services in group '${name}' will be started`
    : `The following services will be started: ${stopped.join(' ')}`;
}

interface Step {
  readonly comment: string;
  readonly commands: readonly (readonly string[])[];
}

function planSteps(wish: Wish, name: string, { found, stopped }: Found): readonly Step[] {
  const all = name.endsWith(':') ? `${name}*` : name;
  const kind = name.endsWith(':') ? 'group' : 'service';
  const group = name.replace(/:.*$/, '');
  const steps: Step[] = [];
  if (wish.update) steps.push({ comment: 'Updating supervisor', commands: [['update']] });
  else if (found.size === 0) steps.push({ comment: `Adding service: ${name}`, commands: [['reread'], ['add', group]] });
  if (found.size === 0) steps.push({ comment: `Starting: ${name}`, commands: [['start', all]] });
  else if (stopped.length > 0) steps.push({ comment: `Starting ${kind}: ${name}`, commands: [['start', all]] });
  else if (wish.restart) steps.push({ comment: `Restarting ${kind}: ${name}`, commands: [['restart', all]] });
  return steps;
}
