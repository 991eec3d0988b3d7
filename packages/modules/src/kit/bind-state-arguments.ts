import { AppError, closestName, pythonStr, type Dict, type Problem, type Value } from '@brine/common';
import type { z } from 'zod';
import type { StateDeclaration } from './define-state.ts';

const writtenRequisites = ['require', 'watch', 'onchanges', 'onfail', 'listen', 'prereq', 'use'];
const requisites = [...writtenRequisites, 'prerequired', 'onfail_stop'];

/** What may stand in every state, as far as it is written by hand. */
const commonArguments: readonly string[] = [
  ...writtenRequisites,
  ...writtenRequisites.flatMap((key) => [`${key}_in`, `${key}_any`]),
  ...['names', 'order', 'failhard', 'onlyif', 'unless', 'creates', 'check_cmd', 'retry', 'parallel', 'fire_event'],
];

/** Keys of a low chunk that belong to the state engine; a state gets one only when its schema names it. */
const engineKeys: ReadonlySet<string> = new Set([
  ...requisites,
  ...requisites.flatMap((key) => [`${key}_in`, `${key}_any`, `${key}_all`]),
  ...['state', 'fun', 'name', 'names', 'order', 'saltenv', 'fire_event', 'failhard', 'onlyif', 'unless', 'creates'],
  ...['check_cmd', 'retry', 'parallel', 'reload_modules', 'reload_grains', 'reload_pillar', 'runas', 'umask'],
  ...['runas_password', 'timeout', 'umask', 'order', 'exclude', 'extend', '__prereq__', 'beacon', 'beacon_data'],
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
  const { parsed, unknown, faults } = readArguments(declaration, chunk);
  if (!parsed.success || faults.length > 0) throw argumentsError('state-arguments', faults.map(toProblem));
  return { args: parsed.data, unknown };
}

/** One argument of a step that is missing, unknown or of the wrong kind. */
export interface StateArgumentFault {
  readonly argument: string;
  readonly summary: string;
  readonly help?: string;
  /** It works, but is hardly meant: a state that takes anything got nearly one of its own arguments. */
  readonly isDoubt?: boolean;
}

/** Everything for which {@link bindStateArguments} would refuse a low chunk, and what is hardly meant. */
export function findArgumentFaults(declaration: StateDeclaration, chunk: Dict): readonly StateArgumentFault[] {
  const { unknown, faults } = readArguments(declaration, chunk);
  return [...faults, ...findDoubts(declaration, unknown)];
}

/**
 * Arguments that a state takes, but that are nearly one of its own or of those that every state has: `requires` does
 * nothing and says nothing in Salt.
 */
export function findDoubts(declaration: StateDeclaration, unknown: Dict): readonly StateArgumentFault[] {
  if (unknown.size === 0 || declaration.acceptsUnknown !== true) return [];
  return unknownFaults(declaration.name, unknown, Object.keys(declaration.args.shape))
    .filter(({ help }) => help !== undefined)
    .map((doubt) => ({
      ...doubt,
      summary: `'${doubt.argument}' means nothing to '${declaration.name}'`,
      isDoubt: true,
    }));
}

interface ReadArguments<Schema extends z.ZodObject> {
  readonly parsed: z.ZodSafeParseResult<z.infer<Schema>>;
  readonly unknown: Dict;
  readonly faults: readonly StateArgumentFault[];
}

function readArguments<Schema extends z.ZodObject>(
  declaration: StateDeclaration<Schema>,
  chunk: Dict,
): ReadArguments<Schema> {
  const names = Object.keys(declaration.args.shape);
  const unknown: Dict = new Map();
  for (const [key, value] of chunk) {
    if (!names.includes(pythonStr(key)) && !isEngineKey(key)) unknown.set(key, value);
  }
  const input = Object.fromEntries(names.map((name) => [name, chunk.get(name)]));
  const parsed = declaration.args.safeParse(input);
  const faults = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => issueFault(declaration.name, issue))),
    ...(declaration.acceptsUnknown === true ? [] : unknownFaults(declaration.name, unknown, names)),
  ];
  return { parsed, unknown, faults };
}

function toProblem({ summary, help }: StateArgumentFault): Problem {
  return { severity: 'error', code: 'state-arguments', summary, ...(help === undefined ? {} : { help }) };
}

function isEngineKey(key: Value): boolean {
  return typeof key !== 'string' || key.startsWith('__') || engineKeys.has(key);
}

function issueFault(state: string, issue: z.core.$ZodIssue): StateArgumentFault {
  const name = issue.path.map(String).join('.');
  const summary =
    issue.message === 'is required'
      ? `Missing parameter ${name} for state ${state}`
      : `The argument '${name}' of ${state} ${issue.message}`;
  return { argument: String(issue.path[0] ?? ''), summary };
}

function unknownFaults(state: string, unknown: Dict, names: readonly string[]): StateArgumentFault[] {
  return [...unknown.keys()].map((key) => {
    const argument = pythonStr(key);
    const meant = closestName(argument, [...names, ...commonArguments]);
    const summary = `'${argument}' is an invalid keyword argument for '${state}'`;
    return { argument, summary, ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }) };
  });
}

function argumentsError(code: string, problems: readonly Problem[]): AppError {
  const lines = problems.map(({ summary, help }) => (help === undefined ? summary : `${summary} (${help})`));
  // Salt ends each line about a missing argument with a newline.
  const end = problems.some(({ summary }) => summary.startsWith('Missing parameter ')) ? '\n' : '';
  return new AppError({ code, message: `${lines.join('\n')}${end}`, problems });
}
