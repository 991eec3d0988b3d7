import { AppError, closestName, pythonStr, type Dict, type Problem, type Value } from '@brine/common';
import type { z } from 'zod';
import type { StateDeclaration } from './define-state.ts';

const requisites = [
  'require',
  'watch',
  'onchanges',
  'onfail',
  'listen',
  'prereq',
  'use',
  'prerequired',
  'onfail_stop',
] as const;

/** Keys of a low chunk that belong to the state engine; a state gets one only when its schema names it. */
const engineKeys: ReadonlySet<string> = new Set([
  ...requisites,
  ...requisites.flatMap((key) => [`${key}_in`, `${key}_any`, `${key}_all`]),
  ...['state', 'fun', 'name', 'names', 'order', 'saltenv', 'fire_event', 'failhard', 'onlyif', 'unless', 'creates'],
  ...['check_cmd', 'retry', 'parallel', 'reload_modules', 'reload_grains', 'reload_pillar', 'runas', 'umask'],
  ...['runas_password', 'timeout', 'umask', 'order', 'exclude', 'extend', '__prereq__'],
]);

/** What {@link bindStateArguments} answers. */
export interface BoundStateArguments<Schema extends z.ZodObject> {
  readonly args: z.infer<Schema>;
  /** Arguments the schema does not name, of a state that accepts them. */
  readonly unknown: Dict;
}

/**
 * Picks a state's arguments out of a low chunk, reads them by its schema and gives them typed.
 * Throws `state-arguments` with one problem for each argument that is missing, unknown or of the wrong kind.
 */
export function bindStateArguments<Schema extends z.ZodObject>(
  declaration: StateDeclaration<Schema>,
  chunk: Dict,
): BoundStateArguments<Schema> {
  const names = Object.keys(declaration.args.shape);
  const unknown: Dict = new Map();
  for (const [key, value] of chunk) {
    if (!names.includes(pythonStr(key)) && !isEngineKey(key)) unknown.set(key, value);
  }
  const input = Object.fromEntries(names.map((name) => [name, chunk.get(name)]));
  const parsed = declaration.args.safeParse(input);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => issueProblem(declaration.name, issue))),
    ...(declaration.acceptsUnknown === true ? [] : unknownProblems(declaration.name, unknown, names)),
  ];
  if (!parsed.success || problems.length > 0) throw argumentsError('state-arguments', problems);
  return { args: parsed.data, unknown };
}

function isEngineKey(key: Value): boolean {
  return typeof key !== 'string' || key.startsWith('__') || engineKeys.has(key);
}

function issueProblem(state: string, issue: z.core.$ZodIssue): Problem {
  const name = issue.path.map(String).join('.');
  const summary =
    issue.message === 'is required'
      ? `Missing parameter ${name} for state ${state}`
      : `The argument '${name}' of ${state} ${issue.message}`;
  return { severity: 'error', code: 'state-arguments', summary };
}

function unknownProblems(state: string, unknown: Dict, names: readonly string[]): Problem[] {
  return [...unknown.keys()].map((key) => {
    const meant = closestName(pythonStr(key), names);
    const summary = `'${pythonStr(key)}' is an invalid keyword argument for '${state}'`;
    const help = meant === undefined ? {} : { help: `did you mean '${meant}'?` };
    return { severity: 'error', code: 'state-arguments', summary, ...help };
  });
}

function argumentsError(code: string, problems: readonly Problem[]): AppError {
  const lines = problems.map(({ summary, help }) => (help === undefined ? summary : `${summary} (${help})`));
  return new AppError({ code, message: lines.join('\n'), problems });
}
