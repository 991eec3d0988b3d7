import { appendFileSync, writeFileSync } from 'node:fs';
import {
  isDict,
  outputterProblem,
  readColorTheme,
  renderOutput,
  type Dict,
  type OutputOptions,
  type Value,
} from '@brine/common';
import { cliError } from '../errors.ts';
import type { SharedFlags } from '../options/shared-options.ts';

/** What is told of answers besides. */
export type AboutAnswers = Pick<OutputOptions, 'pillarVersions'>;

/** Writes answers in the outputter that was asked for, to standard output or a file. */
export interface OutputWriter {
  /** `preferred` is the outputter that the function asks for; `--out` wins over it. `print` is standard output. */
  write(value: Value, preferred?: string, print?: (text: string) => void, about?: AboutAnswers): void;
  /** Whether the output is for people, not for programs. */
  readonly isForPeople: boolean;
}

/** Outputters whose text other programs read. */
const forPrograms = ['json', 'yaml', 'raw', 'pprint', 'txt', 'text', 'newline_values_only', 'quiet'];

/** A writer for what the flags say and, where they say nothing, the master's configuration. */
export function createOutputWriter(given: SharedFlags, settings: Dict): OutputWriter {
  const flags = withOutputFile(given, settings);
  const options = outputOptions(flags, settings);
  const configured = settings.get('output');
  let isFirst = true;
  const chosen = flags.output ?? (typeof configured === 'string' && configured !== '' ? configured : undefined);
  const problem = outputterProblem(chosen ?? 'nested');
  if (problem !== undefined) process.stderr.write(`WARNING: ${problem}\n`);
  return {
    isForPeople: !forPrograms.includes(chosen ?? '') && flags.outputFile === undefined,
    write(value, preferred, print = toStandardOutput, about = {}) {
      const name = chosen ?? preferred ?? 'nested';
      // As in Salt: what is blank at the end of an output is cut.
      const text = renderOutput(name, value, { ...options, ...about }).trimEnd();
      if (text === '') return;
      put(`${text}\n`, { flags, print, append: !isFirst || flags.outputFileAppend === true });
      isFirst = false;
    },
  };
}

/** The file that the configuration names is always appended to. */
function withOutputFile(flags: SharedFlags, settings: Dict): SharedFlags {
  const outputFile = settings.get('output_file');
  if (flags.outputFile !== undefined || typeof outputFile !== 'string' || outputFile === '') return flags;
  return { ...flags, outputFile, outputFileAppend: true };
}

function toStandardOutput(text: string): void {
  process.stdout.write(text);
}

interface Putting {
  readonly flags: SharedFlags;
  readonly print: (text: string) => void;
  readonly append: boolean;
}

function put(text: string, { flags: { outputFile }, print, append }: Putting): void {
  if (outputFile === undefined) {
    print(text);
    return;
  }
  try {
    (append ? appendFileSync : writeFileSync)(outputFile, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw cliError('output-unwritable', `cannot write the output to ${outputFile}: ${reason}`, { cause });
  }
}

function outputOptions(flags: SharedFlags, settings: Dict): OutputOptions {
  const option = (key: string): Value => settings.get(key) ?? null;
  const themeFile = option('color_theme');
  const overrides: Dict = new Map(settings);
  if (flags.state_output !== undefined) overrides.set('state_output', flags.state_output.toLowerCase());
  if (flags.state_verbose !== undefined)
    overrides.set('state_verbose', !/^(?:false|no|off|0)$/i.test(flags.state_verbose));
  if (flags.outputDiff === true) overrides.set('state_output_diff', true);
  const indent = flags.outputIndent ?? option('output_indent');
  return {
    settings: overrides,
    color: wantsColor(flags, option('color')),
    ...(typeof indent === 'number' ? { indent } : {}),
    ...(typeof themeFile === 'string' && themeFile !== '' ? { theme: readColorTheme(themeFile) } : {}),
  };
}

/** Colours are for terminals, unless somebody says otherwise. */
function wantsColor({ colour, forceColour, outputFile }: SharedFlags, configured: Value): boolean {
  if (forceColour === true) return true;
  if (!colour || configured === false || (process.env['NO_COLOR'] ?? '') !== '' || outputFile !== undefined)
    return false;
  return process.stdout.isTTY === true;
}

/** The member of an answer, when the answer is a dict. */
export function memberOf(value: Value | undefined, key: string): Value | undefined {
  return isDict(value) ? value.get(key) : undefined;
}
