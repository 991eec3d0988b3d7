import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { dictOrList, lineText, operand, optional } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { hasRvm, locateRvm } from '../../providers/rvm/rvm.ts';
import { safeName } from '../safe-name.ts';
import { splitWords } from '../split-words.ts';

export const rvmDo = defineFunction({
  name: 'rvm.do',
  summary: 'Runs a command with a Ruby of RVM and answers what it writes; false when it fails or there is no RVM.',
  args: z.object({
    ruby: operand().describe('The Ruby.'),
    command: lineText().describe('The command; its words may be quoted.'),
    runas: optional(safeName('the name of an account')).describe(
      'Account whose RVM is used, and that the command runs as.',
    ),
    cwd: optional(lineText()).describe('Folder to run in.'),
    env: optional(dictOrList()).describe('Variables of the environment.'),
  }),
  examples: ["'*' rvm.do 2.0.0 'gem list'"],
  async run({ ruby, command, runas, cwd, env }, { host, signal, log }) {
    if (!(await hasRvm(host, runas))) return false;
    const { exitCode, stdout, stderr } = await host.run({
      command: [await locateRvm(host, runas), ruby, 'do', ...splitWords(command)],
      environment: Object.fromEntries(Array.from(env ?? [], ([name, value]) => [pythonStr(name), pythonStr(value)])),
      timeout: 3_600_000,
      signal,
      ...(runas === undefined ? {} : { user: runas }),
      ...(cwd === undefined ? {} : { workingDirectory: cwd }),
    });
    if (exitCode === 0) return stdout.trimEnd();
    log.error('program failed', { program: 'rvm', said: stderr.trim() });
    return false;
  },
});
