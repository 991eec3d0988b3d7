import { z } from 'zod';
import { flag, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { inOrder } from '../../kit/in-order.ts';
import {
  commandLine,
  environmentArguments,
  placeArguments,
  pythonShell,
  tuningArguments,
} from './command-arguments.ts';
import { hasShell } from './has-shell.ts';
import { runCommand } from './run-command.ts';

const cmd = commandLine().describe('The command: a line, or a list of words.');
const commandArguments = {
  cmd,
  ...placeArguments,
  python_shell: pythonShell,
  ...environmentArguments,
  ...tuningArguments,
};
const { python_shell: _alwaysOne, ...shellArguments } = commandArguments;

export const run = defineFunction({
  name: 'cmd.run',
  ignoresOthers: true,
  summary: 'Runs a command and answers its output, standard error included.',
  args: z.object(commandArguments),
  examples: [`'*' cmd.run "ls -l | awk '/foo/{print \\$2}'"`, "'*' cmd.run 'cat' stdin='one\\ntwo' cwd=/tmp"],
  async run(args, context) {
    const answer = await runCommand(
      { ...args, usesShell: hasShell(args.python_shell, context), merges: true },
      context,
    );
    return answer.stdout;
  },
});

export const shell = defineFunction({
  name: 'cmd.shell',
  ignoresOthers: true,
  summary: 'Runs a command line by a shell and answers its output, standard error included.',
  args: z.object(shellArguments),
  examples: ["'*' cmd.shell 'cd /tmp && ls | sort'"],
  async run(args, context) {
    const answer = await runCommand({ ...args, usesShell: true, merges: true }, context);
    return answer.stdout;
  },
});

export const runStdout = defineFunction({
  name: 'cmd.run_stdout',
  ignoresOthers: true,
  summary: 'Runs a command and answers its standard output.',
  args: z.object(commandArguments),
  examples: ["'*' cmd.run_stdout 'ls -l'"],
  run: async (args, context) =>
    (await runCommand({ ...args, usesShell: hasShell(args.python_shell, context) }, context)).stdout,
});

export const runStderr = defineFunction({
  name: 'cmd.run_stderr',
  ignoresOthers: true,
  summary: 'Runs a command and answers its standard error.',
  args: z.object(commandArguments),
  examples: ["'*' cmd.run_stderr 'ls nothing'"],
  run: async (args, context) =>
    (await runCommand({ ...args, usesShell: hasShell(args.python_shell, context) }, context)).stderr,
});

export const runAll = defineFunction({
  name: 'cmd.run_all',
  ignoresOthers: true,
  summary: 'Runs a command and answers its process id, exit status, standard output and standard error.',
  args: z.object(
    inOrder(
      {
        ...commandArguments,
        redirect_stderr: withDefault(flag(), false).describe('Let standard error go into standard output.'),
      },
      'cmd cwd stdin runas group shell python_shell env clean_env template rstrip umask output_encoding output_loglevel log_callback hide_output timeout reset_system_locale ignore_retcode saltenv use_vt redirect_stderr password encoded_cmd prepend_path success_retcodes success_stdout success_stderr',
    ),
  ),
  examples: ["'*' cmd.run_all 'ls -l'"],
  async run(args, context) {
    const usesShell = hasShell(args.python_shell, context);
    const answer = await runCommand({ ...args, usesShell, merges: args.redirect_stderr }, context);
    return { ...answer, retcode: args.bg ? null : answer.retcode };
  },
});

export const retcode = defineFunction({
  name: 'cmd.retcode',
  ignoresOthers: true,
  summary: 'Runs a command and answers its exit status.',
  args: z.object(commandArguments),
  examples: ["'*' cmd.retcode 'file /bin/bash'"],
  run: async (args, context) =>
    (await runCommand({ ...args, usesShell: hasShell(args.python_shell, context), merges: true }, context)).retcode,
});

export const runBg = defineFunction({
  name: 'cmd.run_bg',
  ignoresOthers: true,
  summary: 'Starts a command without waiting for it and answers its process id.',
  args: z.object(
    inOrder(
      commandArguments,
      'cmd cwd runas group shell python_shell env clean_env template umask timeout output_encoding output_loglevel log_callback reset_system_locale ignore_retcode saltenv password prepend_path success_retcodes success_stdout success_stderr',
    ),
  ),
  examples: ["'*' cmd.run_bg 'fstrim-all'"],
  run: async (args, context) => {
    const usesShell = hasShell(args.python_shell, context);
    return { pid: (await runCommand({ ...args, usesShell, bg: true }, context)).pid };
  },
});
