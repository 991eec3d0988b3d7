import { AppError, isDict, parseArguments, pythonStr, returnNames, type Dict, type Value } from '@brine/common';
import type { Reaction } from './reaction.ts';

/** The arguments of a function that a reaction calls. */
export interface ReactionArguments {
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

const callParameters = new Set<Value>(['arg', 'kwarg', 'args']);

/**
 * The arguments, in the form with `args` or in the older one with `arg` and `kwarg`, in which
 * runners and wheel functions also take what is named directly. Throws `reaction-invalid`.
 */
export function argumentsOf({ type, params }: Reaction): ReactionArguments {
  const args = params.get('args');
  if (args !== undefined) {
    // The older form of `caller`, in which this is a list of positional arguments.
    if (type === 'caller' && Array.isArray(args) && !args.every(isDict))
      return { positional: args, keyword: new Map() };
    const keyword = toKeyword(args);
    if (keyword === undefined) throw invalidReaction("'args' is not a mapping, nor a list of mappings");
    return { positional: [], keyword };
  }
  return olderArguments(type, params);
}

function olderArguments(type: Reaction['type'], params: Dict): ReactionArguments {
  const listed = params.get('arg');
  const named = params.get('kwarg');
  const keyword = named === undefined ? new Map<Value, Value>() : toKeyword(named);
  if (keyword === undefined) throw invalidReaction("'kwarg' is not a mapping");
  if (type !== 'local' && type !== 'caller' && (listed === undefined || named === undefined)) {
    addDirectlyNamed(params, keyword);
  }
  return { positional: readWords(listed ?? null, keyword), keyword };
}

function addDirectlyNamed(params: Dict, keyword: Dict): void {
  for (const [key, value] of params) if (!callParameters.has(key) && !keyword.has(key)) keyword.set(key, value);
}

/** What `arg` lists; words like `name=value` go into `keyword`. */
function readWords(listed: Value, keyword: Dict): readonly Value[] {
  if (listed === null) return [];
  const words: readonly Value[] = Array.isArray(listed) ? listed : [listed];
  return words.flatMap((word): readonly Value[] => {
    if (typeof word !== 'string') return [word];
    const parsed = parseArguments([word]);
    for (const [key, value] of parsed.keyword) keyword.set(key, value);
    return parsed.positional;
  });
}

const localParameters = new Set<Value>([
  ...[...callParameters, 'tgt', 'tgt_type', 'expr_form', 'timeout', 'name'],
  ...['ret', 'ret_config', 'ret_kwargs', 'metadata'],
]);

/** What a `local` reaction says beside its arguments. */
export interface ReactionWish {
  readonly expression: string;
  readonly type: string;
  readonly timeout?: number;
  readonly returners?: { readonly names: readonly string[]; readonly config?: string; readonly kwargs?: Dict };
  readonly metadata?: Value;
}

/** Whom a `local` reaction is for, and what it may say beside its arguments. Throws `reaction-invalid`. */
export function targetOfReaction({ params }: Reaction): ReactionWish {
  const unknown = [...params.keys()].filter((key) => !localParameters.has(key)).map(pythonStr);
  if (unknown.length > 0) throw invalidReaction(`'local' does not take ${unknown.join(', ')}`);
  const tgt = params.get('tgt');
  if (tgt === undefined || tgt === null) throw invalidReaction("'local' needs 'tgt'");
  const timeout = params.get('timeout');
  return {
    expression: Array.isArray(tgt) ? tgt.map(pythonStr).join(',') : pythonStr(tgt),
    type: pythonStr(params.get('tgt_type') ?? params.get('expr_form') ?? (Array.isArray(tgt) ? 'list' : 'glob')),
    ...(typeof timeout === 'number' ? { timeout } : {}),
    ...returnersOf(params),
    ...(params.has('metadata') ? { metadata: params.get('metadata') ?? null } : {}),
  };
}

function returnersOf(params: Dict): Pick<ReactionWish, 'returners'> {
  const names = returnNames(params.get('ret'));
  if (names.length === 0) return {};
  const config = params.get('ret_config');
  const kwargs = params.get('ret_kwargs');
  return {
    returners: {
      names,
      ...(typeof config === 'string' ? { config } : {}),
      ...(isDict(kwargs) ? { kwargs } : {}),
    },
  };
}

/** Something in a reaction that cannot be done. */
export function invalidReaction(message: string): AppError {
  return new AppError({ code: 'reaction-invalid', message });
}

function toKeyword(value: Value): Dict | undefined {
  if (isDict(value)) return new Map(value);
  if (!Array.isArray(value) || !value.every(isDict)) return undefined;
  return new Map(value.flatMap((item) => [...item]));
}
