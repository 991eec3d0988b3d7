import { isDict, isInteger, pythonStr, type Dict, type Value } from '@brine/common';
import type { ConditionPort, ShellOptions } from './condition-port.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/**
 * The shell that a step's conditions run in: what the step says of the user, folder, environment and shell, unless
 * `cmd_opts_exclude` lists it; the shell of the grains otherwise.
 */
export function conditionShell(chunk: Dict, grains: Dict, signal: AbortSignal): ShellOptions {
  const excluded = new Set(toList(chunk.get('cmd_opts_exclude') ?? []));
  const wanted = (key: string): Value | undefined => (excluded.has(key) ? undefined : (chunk.get(key) ?? undefined));
  const options: Mutable<ShellOptions> = { ...grainShell(grains, signal) };
  const cwd = wanted('cwd');
  const runas = wanted('runas');
  const root = wanted('root');
  const prependPath = wanted('prepend_path');
  if (cwd !== undefined) options.cwd = pythonStr(cwd);
  if (runas !== undefined) options.runas = pythonStr(runas);
  if (root !== undefined) options.root = pythonStr(root);
  if (prependPath !== undefined) options.prependPath = pythonStr(prependPath);
  const shell = wanted('shell');
  if (shell !== undefined) options.shell = pythonStr(shell);
  const umask = parseUmask(wanted('umask'));
  if (typeof umask === 'number') options.umask = umask;
  const timeout = Number(wanted('timeout') ?? Number.NaN);
  if (timeout > 0) options.timeout = timeout;
  const env = wanted('env');
  if (env !== undefined) options.env = environmentOf(env);
  return options;
}

/** The shell that the grains name; `/sbin/nologin` runs nothing and does not count. */
export function grainShell(grains: Dict, signal: AbortSignal): ShellOptions {
  const shell = grains.get('shell');
  return typeof shell === 'string' && shell !== '/sbin/nologin' ? { shell, signal } : { signal };
}

/** Reads a umask as Salt does: its decimal digits are octal ones. `null` when it is none. */
export function parseUmask(value: Value | undefined): number | null | undefined {
  if (value === undefined || value === null) return undefined;
  const digits = isInteger(value) || typeof value === 'string' ? String(value).replace(/^0o/, '') : '';
  return /^[0-7]{1,4}$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

/** Runs a condition's line; what cannot be started counts as failed, as does any status but 0 and `success_retcodes`. */
export async function succeedsInShell(
  line: string,
  {
    conditions,
    shell,
    chunk,
  }: { readonly conditions: ConditionPort; readonly shell: ShellOptions; readonly chunk: Dict },
): Promise<boolean> {
  const { exitCode } = await conditions.shell(line, shell);
  const also = chunk.get('success_retcodes');
  return exitCode === 0 || (Array.isArray(also) && also.includes(exitCode));
}

function environmentOf(value: Value): ReadonlyMap<string, string> {
  const pairs = toList(value).flatMap((entry) => (isDict(entry) ? [...entry] : []));
  return new Map(pairs.map(([name, text]) => [pythonStr(name), pythonStr(text)]));
}

function toList(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [value];
}
