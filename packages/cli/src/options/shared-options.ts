import { saltfileFlags } from '@brine/common/launch';
import { InvalidArgumentError, type Command } from 'commander';
import type { LogFlags } from './log-options.ts';

/** What every program takes. */
export interface SharedFlags extends LogFlags {
  readonly configDir?: string;
  readonly output?: string;
  readonly outputIndent?: number;
  readonly outputFile?: string;
  readonly outputFileAppend?: boolean;
  /** `false` when `--no-color` was given. */
  readonly colour: boolean;
  readonly forceColour?: boolean;
  readonly state_output?: string;
  readonly state_verbose?: string;
  readonly outputDiff?: boolean;
  readonly hardCrash?: boolean;
  readonly configDump?: boolean;
}

/** Adds the options of the configuration and of the output, under Salt's names. */
export function addSharedOptions(command: Command): Command {
  return command
    .option('-c, --config-dir <dir>', 'the folder of the configuration (default: SALT_CONFIG_DIR or /etc/salt)')
    .option(saltfileFlags, 'a file of options by program (default: SALT_SALTFILE, ./Saltfile or ~/.salt/Saltfile)')
    .option('--out, --output <outputter>', 'how the answer is written: nested, highstate, json, yaml, raw, txt, …')
    .option('--out-indent, --output-indent <spaces>', 'indentation of the output; negative: one line', integer)
    .option('--out-file, --output-file <file>', 'write the answer to a file')
    .option('--out-file-append, --output-file-append', 'append to that file')
    .option('--no-color, --no-colour', 'print without colours')
    .option('--force-color, --force-colour', 'print with colours, terminal or not')
    .option('--state-output, --state_output <form>', 'full, terse, mixed, changes, filter, and each with _id')
    .option('--state-verbose, --state_verbose <flag>', 'false leaves out states that changed nothing')
    .option('--config-dump', "write the master's configuration, with what is standard, and do nothing else")
    .option('--hard-crash', 'show where in the program an error arose');
}

function integer(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('an integer is expected');
}

/** Reads a whole number of an option. */
export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number is expected');
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Reads a length of time of an option (`7d`, `12h`, `30m`, `45s`, `2w`, plain seconds) as milliseconds; at most a year. */
export function durationOption(text: string): number {
  const [, digits, unit = 's'] = /^(\d{1,9})([smhdw])?$/.exec(text) ?? [];
  const milliseconds = Number(digits) * (unitMilliseconds[unit] ?? NaN);
  if (milliseconds > 0 && milliseconds <= 31_536_000_000) return milliseconds;
  throw new InvalidArgumentError('a length of time up to a year is expected: 7d, 12h, 30m, 45s');
}
