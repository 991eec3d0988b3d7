import { pythonStr, type Dict } from '@brine/common';
import { lineText } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';

/** The argument that names an interface. */
export const devname = lineText()
  .refine((name) => /^[\w.:@][\w.:@-]{0,31}$/.test(name), 'must be the name of an interface')
  .describe('Name of the interface.');

/** What ethtool says to a question; `undefined` when the interface cannot tell. */
export async function askEthtool(
  { host, signal }: FunctionContext,
  option: string,
  device: string,
): Promise<string | undefined> {
  if ((await host.which('ethtool')) === undefined) throw failure("Command 'ethtool' cannot be found");
  const { exitCode, stdout } = await host.inspect({ command: ['ethtool', option, device], signal });
  // What an interface does not know it tells in words, with a status of 0 by netlink.
  return exitCode === 0 && stdout.includes(':') ? stdout : undefined;
}

/** The rows `name: value` that ethtool writes, after its first line. */
export function readRows(told: string): readonly (readonly [name: string, value: string])[] {
  return told
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, name, value] = /^\s*([^:]+?)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    });
}

/** Changes settings of an interface; answers what ethtool complained about, or `undefined`. */
export async function setByEthtool(
  context: FunctionContext,
  option: string,
  device: string,
  words: readonly string[],
): Promise<string | undefined> {
  const result = await runProgram(context, ['ethtool', option, device, ...words]);
  return result.exitCode === 0 ? undefined : complaint(result);
}

/** The settings given that are among those known, as words for ethtool: switches as `on` and `off`. */
export function chosenSettings(given: Dict, known: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from(given, ([key, value]) => {
    const word = value === true ? 'on' : value === false ? 'off' : pythonStr(value);
    return [pythonStr(key).toLowerCase(), word] as const;
  }).filter(([key, word]) => known.includes(key) && /^[\w.]+$/.test(word));
}
