import { compileGlob, compilePythonRegex, isDict, pythonStr, type Dict, type Value } from '@brine/common';

/** Which calls of one function are allowed: patterns its arguments have to match, `undefined` for any. */
export interface ArgumentRule {
  readonly positional: readonly (RegExp | undefined)[];
  readonly keyword: ReadonlyMap<string, RegExp | undefined>;
}

/** Which functions are allowed: a pattern on the name and, if there are rules, one of them on the arguments. */
export interface FunctionRule {
  readonly name: RegExp;
  readonly rules?: readonly ArgumentRule[];
}

/** One entry of a list of permissions, read. */
export type Permission =
  | { readonly kind: 'function'; readonly name: RegExp }
  | { readonly kind: 'target'; readonly target: string; readonly functions: readonly FunctionRule[] }
  /** `@runner`, `@wheel`, `@jobs`, `@secrets`; without functions everything of it. */
  | { readonly kind: 'special'; readonly area: string; readonly functions?: readonly FunctionRule[] };

/** What is called, as rules see it. */
export interface Call {
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

/**
 * Reads a list of permissions in the grammar of `external_auth`. An entry that is none (a mapping of two keys, a bad
 * regular expression) allows nothing and is told to `onFault`.
 */
export function readPermissions(entries: readonly Value[], onFault: (fault: string) => void = () => {}): Permission[] {
  return entries.flatMap((entry) => {
    const permission = readPermission(entry);
    if (typeof permission !== 'string') return [permission];
    onFault(permission);
    return [];
  });
}

function readPermission(entry: Value): Permission | string {
  if (typeof entry === 'string') {
    if (entry.startsWith('@')) return { kind: 'special', area: entry.slice(1) };
    const name = toPattern(entry);
    return name === undefined ? `'${entry}' is not a regular expression` : { kind: 'function', name };
  }
  if (!isDict(entry) || entry.size !== 1) return `${pythonStr(entry)} is neither a function nor a mapping of one key`;
  const [[key, value]] = [...entry] as [[Value, Value]];
  const functions = (Array.isArray(value) ? value : [value]).flatMap(readFunctionRule);
  const text = pythonStr(key);
  return text.startsWith('@')
    ? { kind: 'special', area: text.slice(1), functions }
    : { kind: 'target', target: text, functions };
}

function readFunctionRule(condition: Value): FunctionRule[] {
  if (typeof condition === 'string') {
    const name = toPattern(condition);
    return name === undefined ? [] : [{ name }];
  }
  if (!isDict(condition) || condition.size !== 1) return [];
  const [[key, value]] = [...condition] as [[Value, Value]];
  const name = toPattern(pythonStr(key));
  const rules = (Array.isArray(value) ? value : [value]).flatMap(readArgumentRule);
  return name === undefined ? [] : [{ name, rules }];
}

function readArgumentRule(condition: Value): ArgumentRule[] {
  if (!isDict(condition)) return [];
  const args = condition.get('args') ?? [];
  const kwargs = condition.get('kwargs') ?? new Map<Value, Value>();
  if (!Array.isArray(args) || !isDict(kwargs)) return [];
  const faulty = Symbol('faulty');
  const read = (pattern: Value): RegExp | undefined | typeof faulty =>
    pattern === null ? undefined : (toPattern(pythonStr(pattern)) ?? faulty);
  const positional = args.map(read);
  const keyword = new Map([...kwargs].map(([name, pattern]) => [pythonStr(name), read(pattern)] as const));
  if (positional.includes(faulty) || [...keyword.values()].includes(faulty)) return [];
  return [{ positional, keyword } as ArgumentRule];
}

/** As Python's `re.match`: anchored at the start, open at the end. The administrator wrote it. */
function toPattern(text: string): RegExp | undefined {
  try {
    return compilePythonRegex(text, 'y', 'administrator');
  } catch {
    return undefined;
  }
}

/** Whether a pattern matches from the start of a text. */
export function matchesStart(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(text);
}

/** Whether one of the rules allows a call. */
export function allowsCall(functions: readonly FunctionRule[], { fun, positional, keyword }: Call): boolean {
  return functions.some(({ name, rules }) => {
    if (!matchesStart(name, fun)) return false;
    return (
      rules === undefined ||
      rules.some((rule) => allowsArguments(rule, positional, keyword) && allowsRest(rule, { fun, positional, keyword }))
    );
  });
}

/** Arguments of `cmd.*` that change neither which program runs nor as whom. */
const harmless: ReadonlySet<string> = new Set([
  ...['bg', 'hide_output', 'ignore_retcode', 'output_encoding', 'output_loglevel', 'raise_err', 'redirect_stderr'],
  ...['reset_system_locale', 'rstrip', 'success_retcodes', 'success_stderr', 'success_stdout', 'timeout', 'use_vt'],
]);

/** What names the command of a function of `cmd`. */
const commandKeys = ['cmd', 'source', 'code', 'lang', 'name'];

/**
 * Whether arguments that a rule does not name are allowed. In general they may be anything, as in Salt. A rule that holds a
 * command to a pattern would be worth nothing that way: `env`, `shell` or `prepend_path` make it another command.
 */
function allowsRest(rule: ArgumentRule, { fun, positional, keyword }: Call): boolean {
  const holdsCommand = rule.positional.length > 0 || commandKeys.some((key) => rule.keyword.has(key));
  if (!fun.startsWith('cmd.') || !holdsCommand) return true;
  const others = [...keyword.keys()].map(pythonStr).filter((key) => !rule.keyword.has(key) && !key.startsWith('__'));
  return positional.length <= rule.positional.length && others.every((key) => harmless.has(key));
}

function allowsArguments(rule: ArgumentRule, positional: readonly Value[], keyword: Dict): boolean {
  const byPosition = rule.positional.every((pattern, index) => {
    const value = positional[index];
    return value !== undefined && (pattern === undefined || matchesStart(pattern, pythonStr(value)));
  });
  if (!byPosition) return false;
  return [...rule.keyword].every(([name, pattern]) => {
    const value = keyword.get(name);
    return value !== undefined && (pattern === undefined || matchesStart(pattern, pythonStr(value)));
  });
}

/** Whether a name is meant by an expression: by a wildcard, or by a regular expression as a whole. */
export function matchesExpression(expression: string, name: string): boolean {
  if (compileGlob(expression)(name)) return true;
  const pattern = toPattern(`(?:${expression})\\Z`);
  return pattern !== undefined && matchesStart(pattern, name);
}
