import { appendFileSync, writeFileSync } from 'node:fs';
import { isDict, renderOutput, type Dict, type OutputOptions, type Value } from '@brine/common';
import { cliError } from '../errors.ts';
import type { SharedFlags } from '../options/shared-options.ts';

/** Writes answers in the outputter that was asked for, to standard output or a file. */
export interface OutputWriter {
  /** `preferred` is the outputter that the function asks for; `--out` wins over it. */
  write(value: Value, preferred?: string): void;
}

/** A writer for what the flags say and, where they say nothing, the master's configuration. */
export function createOutputWriter(flags: SharedFlags, settings: Dict): OutputWriter {
  const options = outputOptions(flags, settings);
  const configured = settings.get('output');
  let isFirst = true;
  return {
    write(value, preferred) {
      const name = flags.output ?? (typeof configured === 'string' ? configured : undefined) ?? preferred ?? 'nested';
      // As in Salt: what is blank at the end of an output is cut.
      const text = renderOutput(name, value, options).trimEnd();
      if (text === '') return;
      put(flags, `${text}\n`, !isFirst || flags.outputFileAppend === true);
      isFirst = false;
    },
  };
}

function put({ outputFile }: SharedFlags, text: string, append: boolean): void {
  if (outputFile === undefined) {
    process.stdout.write(text);
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
  const overrides: Dict = new Map(settings);
  if (flags.state_output !== undefined) overrides.set('state_output', flags.state_output.toLowerCase());
  if (flags.state_verbose !== undefined)
    overrides.set('state_verbose', !/^(?:false|no|off|0)$/i.test(flags.state_verbose));
  const indent = flags.outputIndent ?? option('output_indent');
  return {
    settings: overrides,
    color: wantsColor(flags, option('color')),
    ...(typeof indent === 'number' ? { indent } : {}),
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
