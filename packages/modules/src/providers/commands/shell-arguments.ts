import {
  dictOrList,
  either,
  flag,
  integerList,
  number,
  optional,
  text,
  textList,
  valueList,
  withDefault,
  type Argument,
} from '../../kit/index.ts';
import type { Value } from '@brine/common';
import { outputEncoding } from '../../functions/cmd/command-arguments.ts';

const stateful: Argument<boolean | Value[]> = withDefault<boolean | Value[]>(either(flag(), valueList()), false);

/** The arguments that all `cmd` states share. */
export const shellArguments = {
  cwd: optional(text()).describe('Directory to run in; the home of the user unless given.'),
  root: optional(text()).describe(
    'Another root to run in, where dev, proc and sys are mounted meanwhile; it starts in its topmost folder, accounts are those there.',
  ),
  runas: optional(text()).describe('Account to run as.'),
  group: optional(text()).describe('Group to run as.'),
  shell: optional(text()).describe('Shell that reads the command line.'),
  env: optional(dictOrList()).describe('Variables of the environment.'),
  clean_env: withDefault(flag(), false).describe('Starts from an empty environment.'),
  prepend_path: optional(text()).describe('Directory put before the search path.'),
  umask: optional(text()).describe('File creation mask, in octal.'),
  stdin: optional(text()).describe('What the command reads as its input.'),
  bg: withDefault(flag(), false).describe('Does not wait for the command.'),
  stateful: stateful.describe(
    'Whether the command reports itself, on its last line or as JSON, if it changed anything; ' +
      'with `test_name` in a list, the command that tells so in a dry run.',
  ),
  output_loglevel: optional(text()).describe('Accepted for compatibility: output is never logged.'),
  hide_output: withDefault(flag(), false).describe('Leaves the output out of the changes.'),
  timeout: optional(number()).describe('Seconds after which the command is stopped.'),
  ignore_timeout: withDefault(flag(), false).describe('Whether a command that was stopped counts as successful.'),
  use_vt: withDefault(flag(), false).describe('Gives the command a terminal; the program `script` makes it.'),
  output_encoding: outputEncoding(),
  rstrip: withDefault(flag(), true).describe('Whether blanks at the end of the output are dropped.'),
  reset_system_locale: withDefault(flag(), true).describe('Whether programs speak English.'),
  success_retcodes: optional(integerList()).describe('Exit codes beside 0 that mean success.'),
  success_stdout: optional(textList()).describe('Texts that mean success when the output has them.'),
  success_stderr: optional(textList()).describe('Texts that mean success when the error output has them.'),
};
