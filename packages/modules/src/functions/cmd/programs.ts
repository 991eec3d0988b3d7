import { z } from 'zod';
import { commaList, text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readText } from '../text-file.ts';

const program = text().describe('Name or path of the program.');

export const which = defineFunction({
  name: 'cmd.which',
  summary: 'The path of a program on the search path; null when there is none.',
  args: z.object({ cmd: program }),
  examples: ["'*' cmd.which cat"],
  run: async ({ cmd }, { host }) => (await host.which(cmd)) ?? null,
});

export const whichBin = defineFunction({
  name: 'cmd.which_bin',
  summary: 'The path of the first of some programs that is on the search path; null when none is.',
  args: z.object({ cmds: commaList().describe('Names of programs.') }),
  examples: [`'*' cmd.which_bin '[pip2, pip, pip-python]'`],
  async run({ cmds }, { host }) {
    for (const cmd of cmds) {
      const path = await host.which(cmd);
      if (path !== undefined) return path;
    }
    return null;
  },
});

export const hasExec = defineFunction({
  name: 'cmd.has_exec',
  summary: 'Whether a program is on the search path.',
  args: z.object({ cmd: program }),
  examples: ["'*' cmd.has_exec cat"],
  run: async ({ cmd }, { host }) => (await host.which(cmd)) !== undefined,
});

export const shells = defineFunction({
  name: 'cmd.shells',
  summary: 'The login shells this machine allows.',
  args: z.object({}),
  examples: ["'*' cmd.shells"],
  async run(_args, { host }) {
    const lines = (await readText(host, '/etc/shells'))?.split('\n') ?? [];
    return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  },
});
