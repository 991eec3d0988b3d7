import { z } from 'zod';
import { defineFunction } from '../../kit/define-function.ts';
import { runProgram, succeeds } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const args = z.object({
  user: safeName('the name of an account').describe('The account.'),
  path: safeName('a path').describe('The file.'),
});

export const writeCronFile = defineFunction({
  name: 'cron.write_cron_file',
  summary: 'Makes a file the crontab of an account; answers whether that went well.',
  args,
  examples: ["'*' cron.write_cron_file root /tmp/new_cron"],
  run: ({ user, path }, context) => succeeds(context, ['crontab', '-u', user, path]),
});

export const writeCronFileVerbose = defineFunction({
  name: 'cron.write_cron_file_verbose',
  summary: 'Makes a file the crontab of an account; answers how crontab ended and what it said.',
  args,
  examples: ["'*' cron.write_cron_file_verbose root /tmp/new_cron"],
  async run({ user, path }, context) {
    const { pid, exitCode, stdout, stderr } = await runProgram(context, ['crontab', '-u', user, path]);
    context.setRetcode(exitCode);
    return { pid, retcode: exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
  },
});
