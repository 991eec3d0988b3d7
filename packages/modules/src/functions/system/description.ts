import { z } from 'zod';
import { integer, text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { Host } from '../../kit/host.ts';
import { runAndTell, runProgram } from '../run-program.ts';
import { readText, writeText } from '../text-file.ts';

const file = '/etc/machine-info';
const line = /^\s*PRETTY_HOSTNAME=(.*)$/;

export const getComputerDesc = defineFunction({
  name: 'system.get_computer_desc',
  summary: 'The description of the machine (its pretty name); false when it has none.',
  args: z.object({}),
  examples: ["'*' system.get_computer_desc"],
  async run(_args, { host, signal }) {
    if (await hasControl(host)) {
      const command = ['hostnamectl', 'status', '--pretty'];
      return unescape((await host.inspect({ command, signal, timeout: 60_000 })).stdout.trimEnd());
    }
    const lines = ((await readText(host, file)) ?? '').split('\n');
    const found = lines.map((each) => line.exec(each)?.[1]).findLast((each) => each !== undefined);
    return found === undefined ? false : unescape(found.trim().replace(/^(["'])(.*)\1$/, '$2'));
  },
});

export const setComputerDesc = defineFunction({
  name: 'system.set_computer_desc',
  summary: 'Gives the machine a description (a pretty name); answers whether that went well.',
  args: z.object({ desc: text().describe('The description.') }),
  examples: ["'*' system.set_computer_desc \"Michael's laptop\""],
  async run({ desc }, context) {
    const { host } = context;
    const escaped = desc
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')
      .replaceAll('\n', '\\n')
      .replaceAll('\t', '\\t');
    if (await hasControl(host)) {
      const command = ['hostnamectl', 'set-hostname', '--pretty', '--', desc];
      return (await runProgram(context, command, { timeout: 60_000 })).exitCode === 0;
    }
    const wanted = `PRETTY_HOSTNAME="${escaped}"`;
    const lines = ((await readText(host, file)) ?? '').split('\n').filter((each) => each !== '');
    const has = lines.some((each) => line.test(each));
    const changed = has ? lines.map((each) => (line.test(each) ? wanted : each)) : [...lines, wanted];
    await writeText(host, file, `${changed.join('\n')}\n`);
    return true;
  },
});

// Without systemd as the first process hostnamectl only complains.
async function hasControl(host: Host): Promise<boolean> {
  if ((await host.which('hostnamectl')) === undefined) return false;
  return (await host.files.stat('/run/systemd/system')) !== undefined;
}

function unescape(written: string): string {
  const meanings: Readonly<Record<string, string>> = { n: '\n', t: '\t' };
  return written.replace(/\\(["\\nt])/g, (_whole, letter: string) => meanings[letter] ?? letter);
}

export const halt = defineFunction({
  name: 'system.halt',
  summary: 'Ends the machine without turning it off.',
  args: z.object({}),
  examples: ["'*' system.halt"],
  run: (_args, context) => runAndTell(context, ['halt'], { timeout: 300_000 }),
});

export const init = defineFunction({
  name: 'system.init',
  summary: 'Brings the machine to another runlevel.',
  args: z.object({
    runlevel: integer()
      .refine((level) => level >= 0 && level <= 6, 'must be a runlevel')
      .describe('The runlevel.'),
  }),
  examples: ["'*' system.init 3"],
  run: ({ runlevel }, context) => runAndTell(context, ['init', String(runlevel)], { timeout: 300_000 }),
});
