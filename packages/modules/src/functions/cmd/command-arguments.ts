import { loadYaml, pythonStr, isDict, type Dict, type Value } from '@brine/common';
import {
  argument,
  commaList,
  either,
  flag,
  nullableValue,
  number,
  optional,
  text,
  withDefault,
  type Argument,
} from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';

/** A command: a line, or its words. */
export function commandLine(): Argument<string | readonly string[]> {
  return either(
    text(),
    argument('a command', (value) => (Array.isArray(value) ? value.map(pythonStr) : undefined)),
  );
}

/** How a command is run, in the positional order of Salt's functions. */
export const placeArguments = {
  cwd: optional(text()).describe("The folder to run in; the user's home unless given."),
  stdin: optional(text()).describe('What the command reads from its standard input.'),
  runas: optional(text()).describe('The user to run as.'),
  group: optional(text()).describe('The group to run as.'),
  shell: optional(text()).describe("The shell; the minion's own unless given."),
};

/** Whether a shell reads the command. */
export const pythonShell = optional(flag()).describe(
  'Let a shell read the command; the default on the command line, not in templates.',
);

export const environmentArguments = {
  env: optional(variables()).describe('Variables: a dictionary, or a list of dictionaries.'),
  clean_env: withDefault(flag(), false).describe('Start from an empty environment.'),
};

/** The encoding of what a command writes, under Python's or the web's names. */
export function outputEncoding(): Argument<string | undefined> {
  return optional(
    argument('the name of an encoding', (value) => (typeof value === 'string' ? toDecoderLabel(value) : undefined)),
  ).describe('The encoding of the output, e.g. `latin-1`; UTF-8 unless given.');
}

function toDecoderLabel(name: string): string | undefined {
  const label = name
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^latin-?(\d+)$/, 'latin$1');
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/** Further settings, given by keyword as a rule. */
export const tuningArguments = {
  template: optional(text()).describe('Render the command first, e.g. `jinja`.'),
  rstrip: withDefault(flag(), true).describe('Take blanks and line ends off the end of the output.'),
  umask: optional(text()).describe('The umask, in octal digits.'),
  output_encoding: outputEncoding(),
  output_loglevel: withDefault(text(), 'debug').describe('The level the output is logged at; `quiet` logs nothing.'),
  log_callback: nullableValue().describe('Accepted for Salt; of use to Python code alone.'),
  hide_output: withDefault(flag(), false).describe('Answer no output.'),
  timeout: optional(number()).describe('Seconds after which the command is stopped.'),
  reset_system_locale: withDefault(flag(), true).describe('Run in the locale C.'),
  ignore_retcode: withDefault(flag(), false).describe('Do not let the exit status fail the call.'),
  saltenv: optional(text()).describe('The environment templates come from.'),
  use_vt: withDefault(flag(), false).describe('Give the command a terminal; the program `script` makes it.'),
  bg: withDefault(flag(), false).describe('Do not wait for the command.'),
  password: secret(optional(text())).describe('Accepted for Salt; of use on Windows alone.'),
  encoded_cmd: withDefault(flag(), false).describe('Accepted for Salt; of use to PowerShell alone.'),
  raise_err: withDefault(flag(), false).describe('Fail when the command fails.'),
  prepend_path: optional(text()).describe('Put before the search path.'),
  success_retcodes: withDefault(valuesOrOne(), [0]).describe('Exit statuses that mean success.'),
  success_stdout: withDefault(commaList(), []).describe('Texts on standard output that mean success.'),
  success_stderr: withDefault(commaList(), []).describe('Texts on standard error that mean success.'),
};

function valuesOrOne(): Argument<readonly Value[]> {
  return argument('a value or a list', (value) => (Array.isArray(value) ? value : [value]));
}

function variables(): Argument<Dict> {
  return argument('a dictionary of variables', (value) => toVariables(value));
}

function toVariables(value: Value): Dict | undefined {
  if (isDict(value)) return value;
  if (typeof value === 'string') {
    const { value: loaded } = loadYaml(value);
    return typeof loaded === 'string' ? undefined : toVariables(loaded);
  }
  if (!Array.isArray(value) || !value.every(isDict)) return undefined;
  return new Map(value.flatMap((item) => [...item]));
}
