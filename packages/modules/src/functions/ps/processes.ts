import { z } from 'zod';
import { flag, integer, optional, text, withDefault, textList } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { compileFlaggedRegex } from '../../providers/text/python-regex.ts';
import { failure } from '../failure.ts';
import { succeeds } from '../run-program.ts';
import { readText } from '../text-file.ts';

const pid = integer()
  .refine((value) => value > 0, 'must be the number of a process')
  .describe('Number of the process.');
const signal = withDefault(
  integer().refine((value) => value >= 0 && value <= 64, 'must be the number of a signal'),
  15,
).describe('Number of the signal.');
const pattern = text().describe('What the name has to contain.');
const user = optional(text()).describe('Only processes of this account.');
const full = withDefault(flag(), false).describe('Look at the whole command line.');

export const getPidList = defineFunction({
  name: 'ps.get_pid_list',
  summary: 'The numbers of all processes.',
  args: z.object({}),
  examples: ["'*' ps.get_pid_list"],
  run: (_args, context) => listProcesses(context),
});

export const procInfo = defineFunction({
  name: 'ps.proc_info',
  summary: 'What is known of a process.',
  args: z.object({ pid, attrs: optional(textList()).describe('Only these facts.') }),
  examples: ["'*' ps.proc_info 2322"],
  async run({ pid: number, attrs }, context) {
    const found = await readProcess(context, number);
    if (found === undefined) throw failure(`process PID not found (pid=${number})`);
    const unknown = attrs?.find((name) => !(name in found));
    if (unknown !== undefined) throw failure(`invalid attr name '${unknown}'`);
    return Object.fromEntries(Object.entries(found).filter(([name]) => attrs?.includes(name) ?? true));
  },
});

export const killPid = defineFunction({
  name: 'ps.kill_pid',
  summary: 'Sends a signal to a process; answers whether it was there.',
  args: z.object({ pid, signal }),
  examples: ["'*' ps.kill_pid 2322", "'*' ps.kill_pid 2322 signal=9"],
  run: ({ pid: number, signal: sent }, context) =>
    succeeds({ ...context, setRetcode: () => {} }, ['kill', `-${sent}`, String(number)]),
});

export const pgrep = defineFunction({
  name: 'ps.pgrep',
  summary: 'The numbers of the processes whose names contain a text; null when there are none.',
  args: z.object({
    pattern,
    user,
    full,
    pattern_is_regex: withDefault(flag(), false).describe('The text is a regular expression.'),
  }),
  examples: ["'*' ps.pgrep httpd", "'*' ps.pgrep httpd user=www-data full=True"],
  async run(args, context) {
    const found = await findProcesses(args, context);
    return found.length === 0 ? null : found;
  },
});

export const pkill = defineFunction({
  name: 'ps.pkill',
  summary: 'Sends a signal to the processes whose names contain a text; null when there are none.',
  args: z.object({ pattern, user, signal, full }),
  examples: ["'*' ps.pkill httpd signal=15", "'*' ps.pkill bash user=tom"],
  async run(args, context) {
    const killed: number[] = [];
    for (const number of await findProcesses({ ...args, pattern_is_regex: false }, context))
      if (await succeeds({ ...context, setRetcode: () => {} }, ['kill', `-${args.signal}`, String(number)]))
        killed.push(number);
    return killed.length === 0 ? null : { killed };
  },
});

export const psaux = defineFunction({
  name: 'ps.psaux',
  summary: 'The lines of `ps aux` with a text in them, and how many they are.',
  args: z.object({ name: text().describe('The text.') }),
  examples: ["'*' ps.psaux www-data.+apache2"],
  async run({ name }, context) {
    const { stdout } = await context.host.inspect({ command: ['ps', 'aux'], signal: context.signal });
    const wanted = compile(name, true);
    const lines = stdout.split('\n').filter((line) => wanted(line) && !line.includes('ps.psaux'));
    // The word as Salt spells it: it is compared.
    return [name, lines, `${lines.length} occurence(s).`];
  },
});

interface ProcessFacts {
  readonly pid: number;
  readonly ppid: number;
  readonly name: string;
  readonly status: string;
  readonly username: string;
  readonly cmdline: readonly string[];
}

const statusNames: Readonly<Record<string, string>> = {
  ...{ R: 'running', S: 'sleeping', D: 'disk-sleep', T: 'stopped', t: 'tracing-stop', Z: 'zombie', I: 'idle' },
};

async function listProcesses({ host }: FunctionContext): Promise<readonly number[]> {
  const names = (await host.files.list('/proc')) ?? [];
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
}

async function readProcess({ host }: FunctionContext, number: number): Promise<ProcessFacts | undefined> {
  // A process may end between the listing and the look at it.
  const read = (file: string): Promise<string | undefined> =>
    readText(host, `/proc/${number}/${file}`).catch(() => undefined);
  const [status, commandLine] = [await read('status'), await read('cmdline')];
  if (status === undefined) return undefined;
  const field = (name: string): string => new RegExp(`^${name}:\\s+(\\S*)`, 'm').exec(status)?.[1] ?? '';
  const uid = Number(field('Uid'));
  return {
    pid: number,
    ppid: Number(field('PPid')),
    name: /^Name:\s+(.*)$/m.exec(status)?.[1] ?? '',
    status: statusNames[field('State')] ?? field('State'),
    username: (await host.account(uid))?.name ?? String(uid),
    cmdline: (commandLine ?? '').split('\0').slice(0, -1),
  };
}

async function findProcesses(
  wanted: {
    readonly pattern: string;
    readonly user: string | undefined;
    readonly full: boolean;
    readonly pattern_is_regex: boolean;
  },
  context: FunctionContext,
): Promise<readonly number[]> {
  const matches = compile(wanted.pattern, wanted.pattern_is_regex);
  const all = await Promise.all((await listProcesses(context)).map((number) => readProcess(context, number)));
  const fits = (facts: ProcessFacts): boolean =>
    matches(wanted.full ? facts.cmdline.join(' ') : facts.name) &&
    (wanted.user === undefined || facts.username === wanted.user);
  return all.flatMap((facts) => (facts !== undefined && fits(facts) ? [facts.pid] : []));
}

function compile(pattern: string, isExpression: boolean): (text: string) => boolean {
  if (!isExpression) return (text) => text.includes(pattern);
  const expression = compileFlaggedRegex(pattern);
  return (text) => expression.test(text);
}
