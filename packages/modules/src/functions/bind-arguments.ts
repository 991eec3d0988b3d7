import { AppError, closestName, pythonStr, type Dict, type Value } from '@brine/common';
import type { z } from 'zod';
import type { FunctionDeclaration } from '../kit/define-function.ts';

/** The arguments of one call, as given. */
export interface CallArguments {
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

/**
 * Turns the arguments of a call into the members of the declaration's schema, as Python binds them.
 * Throws `function-arguments` in Python's and Salt's wording when they do not fit.
 */
export function bindArguments<Schema extends z.ZodObject>(
  declaration: FunctionDeclaration<Schema>,
  call: CallArguments,
): z.infer<Schema> {
  const given = new Map<string, unknown>();
  bindPositional(declaration, call, given);
  bindKeywords(declaration, call, given);
  dropNulls(declaration, given);
  requireAll(declaration, given);
  const parsed = declaration.args.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  throw mismatch(declaration, describeIssues(parsed.error));
}

/** The names of the arguments that can be given by position, in their order. */
export function positionalNames(declaration: FunctionDeclaration): readonly string[] {
  const names = Object.keys(declaration.args.shape);
  return names.filter((name) => name !== declaration.variadic && name !== declaration.keywords);
}

function bindPositional(declaration: FunctionDeclaration, call: CallArguments, given: Map<string, unknown>): void {
  const names = positionalNames(declaration);
  const rest = call.positional.slice(names.length);
  if (rest.length > 0 && declaration.variadic === undefined) throw tooMany(declaration, names, call);
  for (const [index, value] of call.positional.slice(0, names.length).entries()) {
    const name = names[index];
    if (name !== undefined) given.set(name, value);
  }
  if (declaration.variadic !== undefined) given.set(declaration.variadic, rest);
}

function bindKeywords(declaration: FunctionDeclaration, call: CallArguments, given: Map<string, unknown>): void {
  const names = positionalNames(declaration);
  const unknown: Dict = new Map();
  for (const [key, value] of call.keyword) {
    const name = pythonStr(key);
    // What a publisher adds for its own use (`__pub_jid`, …) is never an argument.
    if (name.startsWith('__pub_') || name === '__kwarg__') continue;
    if (!names.includes(name)) unknown.set(key, value);
    else if (given.has(name)) throw mismatch(declaration, `got multiple values for argument '${name}'`);
    else given.set(name, value);
  }
  if (declaration.keywords !== undefined) given.set(declaration.keywords, unknown);
  else if (unknown.size > 0) throw unknownKeywords(declaration, unknown, names);
}

// Salt's functions take None for "not given".
function dropNulls(declaration: FunctionDeclaration, given: Map<string, unknown>): void {
  for (const [name, value] of given) {
    const field = fieldOf(declaration, name);
    if (value !== null || field === undefined) continue;
    if (isOptional(field) && !field.safeParse(null).success) given.delete(name);
  }
}

function requireAll(declaration: FunctionDeclaration, given: ReadonlyMap<string, unknown>): void {
  const missing = positionalNames(declaration).filter((name) => {
    const field = fieldOf(declaration, name);
    return !given.has(name) && field !== undefined && !isOptional(field);
  });
  if (missing.length === 0) return;
  const quoted = missing.map((name) => `'${name}'`);
  const last = quoted.pop() ?? '';
  const names = quoted.length === 0 ? last : `${quoted.join(', ')}${quoted.length > 1 ? ',' : ''} and ${last}`;
  const noun = missing.length === 1 ? 'argument' : 'arguments';
  throw mismatch(declaration, `missing ${missing.length} required positional ${noun}: ${names}`);
}

/** Whether an argument may be left out. */
export function isOptional(field: z.ZodType): boolean {
  return field.safeParse(undefined).success;
}

function fieldOf(declaration: FunctionDeclaration, name: string): z.ZodType | undefined {
  const shape: Readonly<Record<string, unknown>> = declaration.args.shape;
  return shape[name] as z.ZodType | undefined;
}

function tooMany(declaration: FunctionDeclaration, names: readonly string[], call: CallArguments): AppError {
  const required = names.filter((name) => !isOptional(fieldOf(declaration, name) as z.ZodType)).length;
  const range = required === names.length ? `${required}` : `from ${required} to ${names.length}`;
  const noun = names.length === 1 ? 'argument' : 'arguments';
  const given = call.positional.length;
  const verb = given === 1 ? 'was' : 'were';
  return mismatch(declaration, `takes ${range} positional ${noun} but ${given} ${verb} given`);
}

function unknownKeywords(declaration: FunctionDeclaration, unknown: Dict, names: readonly string[]): AppError {
  const shown = Array.from(unknown, ([key, value]) => `${pythonStr(key)}=${pythonStr(value)}`);
  const [first] = unknown.keys();
  const near = first === undefined ? undefined : closestName(pythonStr(first), names);
  const hint = near === undefined ? '' : ` (did you mean ${near}=?)`;
  return new AppError({
    code: 'function-arguments',
    message: `The following keyword arguments are not valid: ${shown.join(', ')}${hint}`,
    details: { function: declaration.name },
  });
}

function mismatch(declaration: FunctionDeclaration, reason: string): AppError {
  const name = declaration.name.slice(declaration.name.lastIndexOf('.') + 1);
  return new AppError({
    code: 'function-arguments',
    message: `Passed invalid arguments to ${declaration.name}: ${name}() ${reason}`,
    details: { function: declaration.name },
  });
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `argument '${issue.path.join('.')}' ${issue.message}`).join('; ');
}
