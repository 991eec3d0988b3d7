import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

interface Shell {
  readonly version: RegExp;
  readonly command: readonly string[];
}

const shells: ReadonlyMap<string, Shell> = new Map([
  ['bash', { version: /version (\d\S*)/i, command: ['bash', '--version'] }],
  ['zsh', { version: /^zsh (\d\S*)/i, command: ['zsh', '--version'] }],
  ['tcsh', { version: /^tcsh (\d\S*)/i, command: ['tcsh', '--version'] }],
  ['powershell', { version: /PSVersion\s+(\d\S*)/i, command: ['powershell', '-NonInteractive', '$PSVersionTable'] }],
  ['perl', { version: /^(\d\S*)/, command: ['perl', '-e', 'printf "%vd\\n", $^V;'] }],
  ['python', { version: /^Python (\d\S*)/i, command: ['python', '-V'] }],
  ['ruby', { version: /^ruby (\d\S*)/i, command: ['ruby', '-v'] }],
  ['php', { version: /^PHP (\d\S*)/i, command: ['php', '-v'] }],
]);

export const shellInfo = defineFunction({
  name: 'cmd.shell_info',
  summary:
    'Whether a shell or interpreter is installed, with its path and version; `error` says what could not be told.',
  args: z.object({
    shell: text().describe(`One of ${[...shells.keys()].join(', ')}.`),
    list_modules: withDefault(flag(), false).describe('Accepted for Salt; of use on Windows alone.'),
  }),
  examples: ["'*' cmd.shell_info bash"],
  async run({ shell: name }, { host, signal }): Promise<Plain> {
    const shell = shells.get(name);
    if (shell === undefined)
      return { error: `Salt does not know how to get the version number for ${name}`, installed: null };
    const [program = ''] = shell.command;
    const path = await host.which(program);
    if (path === undefined)
      return {
        error: `Unable to run command '${shell.command.join(' ')}' Reason: ${program} was not found`,
        installed: false,
      };
    const { stdout } = await host.inspect({ command: shell.command, signal, mergeStderr: true, timeout: 10_000 });
    const raw = shell.version.exec(stdout)?.[1];
    const numbers = /^\d[\d.]*/
      .exec(raw ?? '')?.[0]
      .split('.')
      .slice(0, 3);
    if (raw === undefined || numbers === undefined) {
      const error = `The version regex pattern for shell ${name}, could not find the version string`;
      return { installed: null, path, error, stdout };
    }
    const version = (numbers.length === 1 ? [...numbers, '0'] : numbers).join('.');
    return { installed: true, path, version_raw: raw, version };
  },
});
