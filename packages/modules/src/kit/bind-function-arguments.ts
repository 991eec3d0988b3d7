import { AppError, closestName, missingArguments, pythonStr, type Dict, type Value } from '@brine/common';
import type { z } from 'zod';
import type { FunctionDeclaration } from './define-function.ts';
import { secretKindOf, secretTexts } from './secret-arguments.ts';

/** What a call is laid over: an execution function, or anything declared like one. */
export type CallSignature<Schema extends z.ZodObject = z.ZodObject> = Pick<
  FunctionDeclaration<Schema>,
  'name' | 'args' | 'variadic' | 'keywords' | 'ignoresOthers'
>;

/**
 * Lays positional and keyword arguments over a function's schema, as Python does a call, and gives them typed.
 * Throws `function-arguments` in Salt's wording when one is missing, unknown, given twice or of the wrong kind.
 */
export function bindFunctionArguments<Schema extends z.ZodObject>(
  declaration: CallSignature<Schema>,
  positional: readonly Value[],
  keyword: Dict,
): z.infer<Schema> {
  const input = { ...layPositional(declaration, positional) };
  const { known, rest } = splitKeywords(declaration, keyword);
  refuseUnknown(declaration, rest);
  for (const [name, value] of known) {
    // `args: […]` of a state may stand for what a command line gives by position.
    const isFree = input[name] === undefined || (name === declaration.variadic && isEmptyList(input[name]));
    if (!isFree) throw refuse(declaration, `got multiple values for argument '${name}'`);
    input[name] = value;
  }
  if (declaration.keywords !== undefined) input[declaration.keywords] = rest;
  const complete = Object.fromEntries(Object.keys(declaration.args.shape).map((name) => [name, input[name]]));
  const parsed = declaration.args.safeParse(complete);
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues
    .filter((issue) => issue.message === 'is required')
    .map(({ path }) => path.join('.'));
  if (missing.length > 0) throw refuse(declaration, missingArguments(missing));
  throw refuse(
    declaration,
    parsed.error.issues.map((issue) => `'${issue.path.join('.')}' ${issue.message}`).join('; '),
  );
}

function layPositional(declaration: CallSignature, positional: readonly Value[]): Record<string, Value | undefined> {
  const names = positionalMembers(declaration);
  const input: Record<string, Value | undefined> = {};
  for (const [index, value] of positional.slice(0, names.length).entries()) input[names[index] ?? ''] = value;
  const rest = positional.slice(names.length);
  if (declaration.variadic !== undefined) input[declaration.variadic] = rest;
  else if (rest.length > 0) throw refuse(declaration, tooManyText(declaration, names, positional.length));
  return input;
}

// As in Python, what stands after `*args` is given by keyword only.
function positionalMembers({ args, variadic, keywords }: CallSignature): readonly string[] {
  const members = Object.keys(args.shape).filter((name) => name !== keywords);
  return variadic === undefined ? members : members.slice(0, members.indexOf(variadic));
}

function splitKeywords(declaration: CallSignature, keyword: Dict): { known: [string, Value][]; rest: Dict } {
  const names = Object.keys(declaration.args.shape).filter((name) => name !== declaration.keywords);
  const known: [string, Value][] = [];
  const rest: Dict = new Map();
  for (const [key, value] of keyword) {
    const name = pythonStr(key);
    if (names.includes(name)) known.push([name, value]);
    else if (!name.startsWith('__pub_')) rest.set(key, value);
  }
  return { known, rest };
}

/**
 * The arguments of a call that its schema calls secret, as texts; also of a call that would be refused.
 * See `secretTexts`.
 */
export function secretsOfCall(
  declaration: CallSignature,
  positional: readonly Value[],
  keyword: Dict,
): readonly string[] {
  const members = positionalMembers(declaration);
  const byPosition = positional.map((value, index): [Value, Value] => [members[index] ?? `*${index}`, value]);
  return secretTexts(declaration.args, new Map([...byPosition, ...keyword]));
}

function refuseUnknown(declaration: CallSignature, rest: Dict): void {
  const takesRest = declaration.keywords !== undefined || declaration.ignoresOthers === true;
  if (rest.size === 0 || takesRest) return;
  const names = Object.keys(declaration.args.shape);
  // A word that is nearly the name of a secret was meant for one.
  const isOpen = (key: Value): boolean => {
    const member = declaration.args.shape[closestName(pythonStr(key), names) ?? ''] as z.ZodType | undefined;
    return member === undefined || secretKindOf(member) === undefined;
  };
  const list = [...rest].map(([key, value]) => `${pythonStr(key)}=${isOpen(key) ? pythonStr(value) : '…'}`).join(', ');
  const meant = closestName(pythonStr([...rest.keys()][0] ?? ''), names);
  const help = meant === undefined ? '' : ` (did you mean '${meant}'?)`;
  throw new AppError({
    code: 'function-arguments',
    message: `The following keyword arguments are not valid: ${list}${help}`,
    details: { function: declaration.name },
  });
}

/** The keyword arguments of a call that a function leaves out; none for one that refuses or uses them. */
export function ignoredKeywords(declaration: CallSignature, keyword: Dict): readonly string[] {
  if (declaration.ignoresOthers !== true) return [];
  const known = new Set(Object.keys(declaration.args.shape));
  return [...keyword.keys()].map(pythonStr).filter((name) => !known.has(name) && !name.startsWith('__pub_'));
}

function tooManyText({ args }: CallSignature, names: readonly string[], given: number): string {
  const taken = names.length;
  const members = args.shape as Readonly<Record<string, z.ZodType>>;
  const needed = names.filter((name) => members[name]?.safeParse(undefined).success === false).length;
  const count = needed < taken ? `from ${needed} to ${taken}` : String(taken);
  return `takes ${count} positional argument${count === '1' ? '' : 's'} but ${given} ${given === 1 ? 'was' : 'were'} given`;
}

function refuse(declaration: CallSignature, reason: string): AppError {
  return new AppError({
    code: 'function-arguments',
    message: `Passed invalid arguments to ${declaration.name}: ${reason}`,
    details: { function: declaration.name },
  });
}

function isEmptyList(value: Value): boolean {
  return Array.isArray(value) && value.length === 0;
}
