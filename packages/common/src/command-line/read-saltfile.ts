import { readFileSync } from 'node:fs';
import { isAppError } from '../app-error.ts';
import { closestName } from '../closest-name.ts';
import { formatProblems } from '../format-problem.ts';
import { pythonStr } from '../python-repr.ts';
import { isDict, type Dict, type Value } from '../value.ts';
import { loadYaml } from '../yaml/load-yaml.ts';
import { flagsOf, usageError, type CommandOption, type CommandOptions } from './command-options.ts';

/** Salt's name of an option in a Saltfile where that is not its longest flag with underscores. */
const otherNames: Readonly<Record<string, string>> = {
  cli_summary: '--summary',
  eauth: '--auth',
  mktoken: '--make-token',
  grains_run: '--grains',
  returner: '--return',
  auth_timeout: '--timeout',
  log_level_logfile: '--log-file-level',
  key_logfile: '--log-file',
  pidfile: '--pid-file',
};

/** What turns an option off whose default is on. */
const negations: Readonly<Record<string, string>> = { show_timeout: '--hide-timeout' };

/** The words that stand for what the file says for a program. Throws `usage` with the place. */
export function readSaltfile(file: string, program: string, command: CommandOptions): readonly string[] {
  const section = readSections(file).get(program) ?? null;
  if (section === null) return [];
  if (!isDict(section)) throw usageError(`${file}: what stands under ${program} is a mapping of options to values`);
  return [...section].flatMap(([key, value]) => wordsOf({ file, key: pythonStr(key), value }, program, command));
}

function readSections(file: string): Dict {
  let document: Value;
  try {
    document = loadYaml(readFileSync(file, 'utf8'), { file }).value;
  } catch (error) {
    const reason = isAppError(error) && error.problems.length > 0 ? formatProblems(error.problems) : String(error);
    throw usageError(`the Saltfile cannot be read:\n${reason}`, error);
  }
  if (document === null) return new Map();
  if (isDict(document)) return document;
  throw usageError(`the Saltfile ${file} is a mapping of programs to their options`);
}

interface Setting {
  readonly file: string;
  readonly key: string;
  readonly value: Value;
}

function wordsOf({ file, key, value }: Setting, program: string, command: CommandOptions): readonly string[] {
  const option = findOption(key, command);
  if (option === undefined) {
    const names = command.options.map(nameOf);
    const meant = closestName(key, names);
    const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
    throw usageError(`${file}: ${program} has no option '${key}'${hint}`);
  }
  const flag = flagsOf(option).find((name) => name.startsWith('--')) ?? flagsOf(option)[0] ?? '';
  if (option.required) return (Array.isArray(value) ? value : [value]).map((one) => `${flag}=${pythonStr(one)}`);
  const negation = negations[key];
  if (value === false && negation !== undefined) return [negation];
  if (value === false || value === null) return [];
  if (value === true) return [flag];
  throw usageError(`${file}: ${key} of ${program} is true or false`);
}

function findOption(key: string, { options }: CommandOptions): CommandOption | undefined {
  const wanted = [otherNames[key], `--${key.replaceAll('_', '-')}`, `--${key}`];
  return options.find((option) => flagsOf(option).some((flag) => wanted.includes(flag)));
}

function nameOf(option: CommandOption): string {
  return (flagsOf(option).at(-1) ?? '').replace(/^-+/, '').replaceAll('-', '_');
}
