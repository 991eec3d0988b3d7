import type { Plain } from '@brine/common';
import { z } from 'zod';
import { lineText, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { supervisorArguments, supervisorRequest, type Supervisor } from '../../providers/supervisor/supervisor.ts';
import { readIni } from './read-ini.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { splitWords } from '../split-words.ts';
import { readText } from '../text-file.ts';

const name = safeName('the name of a process').describe('Name of the process, or `group:*`.');
const allOr = withDefault(safeName('the name of a process'), 'all').describe('Name of the process; all unless given.');

export const start = processFunction('start', 'Starts processes; answers what the supervisor says.');
export const stop = processFunction('stop', 'Stops processes; answers what the supervisor says.');
export const restart = processFunction('restart', 'Restarts processes; answers what the supervisor says.');

function processFunction(verb: string, summary: string) {
  return defineFunction({
    name: `supervisord.${verb}`,
    summary,
    args: z.object({ name: allOr, ...supervisorArguments }),
    examples: [`'*' supervisord.${verb} <service>`, `'*' supervisord.${verb} <group>:`],
    run: (args, context) => control(context, args, [verb, args.name.replace(/:\*$/, ':')]),
  });
}

export const add = groupFunction('add', 'Activates what was added to the configuration.');
export const remove = groupFunction('remove', 'Takes a process or group out of those that are active.');

function groupFunction(verb: string, summary: string) {
  return defineFunction({
    name: `supervisord.${verb}`,
    summary,
    args: z.object({ name, ...supervisorArguments }),
    examples: [`'*' supervisord.${verb} <name>`],
    run: (args, context) => control(context, args, [verb, groupName(args.name)]),
  });
}

function groupName(given: string): string {
  return given.replace(/:\*?$/, '');
}

export const reread = defineFunction({
  name: 'supervisord.reread',
  summary: 'Has the supervisor read its configuration anew, without changing what runs.',
  args: z.object(supervisorArguments),
  examples: ["'*' supervisord.reread"],
  run: (args, context) => control(context, args, ['reread']),
});

export const update = defineFunction({
  name: 'supervisord.update',
  summary: 'Has the supervisor read its configuration anew and restart what changed.',
  args: z.object({
    ...supervisorArguments,
    name: optional(safeName('the name of a group')).describe('Only this group.'),
  }),
  examples: ["'*' supervisord.update"],
  run: (args, context) =>
    control(context, args, ['update', ...(args.name === undefined ? [] : [groupName(args.name)])]),
});

const optionalName = optional(safeName('the name of a process')).describe('Only this process.');

export const status = defineFunction({
  name: 'supervisord.status',
  summary: 'The processes with their states and the reasons.',
  args: z.object({ name: optionalName, ...supervisorArguments }),
  examples: ["'*' supervisord.status"],
  async run(args, context) {
    const rows = readRows(await readStatus(context, args, args.name));
    return Object.fromEntries(rows.map(([process, state, reason]) => [process, { state, reason }]));
  },
});

export const statusRaw = defineFunction({
  name: 'supervisord.status_raw',
  summary: 'The processes and their states, as the supervisor writes them.',
  args: z.object({ name: optionalName, ...supervisorArguments }),
  examples: ["'*' supervisord.status_raw"],
  run: (args, context) => readStatus(context, args, args.name),
});

export const statusBool = defineFunction({
  name: 'supervisord.status_bool',
  summary: 'Whether a process is there, and in a state when one is given.',
  args: z.object({
    name,
    expected_state: optional(lineText()).describe('The state, e.g. RUNNING.'),
    ...supervisorArguments,
  }),
  examples: ["'*' supervisord.status_bool nginx expected_state='RUNNING'"],
  async run(args, context) {
    const [process, state, reason] = readRows(await readStatus(context, args, args.name)).at(-1) ?? [];
    if (process !== args.name || reason === '(no such process)') return false;
    return args.expected_state === undefined || args.expected_state === state;
  },
});

function readStatus(context: FunctionContext, supervisor: Supervisor, one: string | undefined): Promise<string> {
  return control(context, supervisor, ['status', ...(one === undefined ? [] : [one])]);
}

function readRows(told: string): readonly (readonly [string, string, string])[] {
  const lines = told.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, process = line, state = '', reason = ''] = /^(\S+)\s+(\S+)\s*(.*)$/.exec(line.trim()) ?? [];
    return [process, state, reason] as const;
  });
}

export const custom = defineFunction({
  name: 'supervisord.custom',
  summary: 'Runs any command of supervisorctl and answers what it says.',
  args: z.object({
    command: safeName('a command of supervisorctl').describe('The command with its words.'),
    ...supervisorArguments,
  }),
  examples: [`'*' supervisord.custom "mstop '*gunicorn*'"`],
  run: (args, context) => control(context, args, splitWords(args.command)),
});

export const options = defineFunction({
  name: 'supervisord.options',
  summary: 'The settings of a process.',
  args: z.object({ name, conf_file: supervisorArguments.conf_file }),
  examples: ["'*' supervisord.options foo"],
  async run({ name: process, conf_file: given }, context) {
    const path = given ?? (await findConfiguration(context));
    const content = await readText(context.host, path);
    if (content === undefined) throw failure(`Unable to read from file ${path}`);
    const found = readIni(content).get(`program:${process}`);
    if (found === undefined) throw failure(`Process '${process}' not found`);
    return Object.fromEntries([...found].map(([key, value]) => [key, readValue(value)]));
  },
});

async function findConfiguration({ host }: FunctionContext): Promise<string> {
  const usual = ['/etc/supervisord.conf', '/etc/supervisor/supervisord.conf'];
  for (const path of usual) if ((await host.files.stat(path)) !== undefined) return path;
  throw failure('No suitable config file found');
}

function readValue(written: string): Plain {
  const value = written.split(';')[0]?.trim() ?? '';
  if (/^-?\d+$/.test(value)) return Number(value);
  return value.toLowerCase() === 'true' ? true : value.toLowerCase() === 'false' ? false : value;
}

async function control(context: FunctionContext, supervisor: Supervisor, words: readonly string[]): Promise<string> {
  const request = await supervisorRequest(context.host, supervisor, words);
  const { exitCode, stdout } = await context.host.run({ ...request, signal: context.signal });
  const said = stdout.trimEnd();
  if (exitCode === 0) return said;
  context.setRetcode(exitCode);
  return said.includes('ERROR') ? said : `ERROR: ${said}`;
}
