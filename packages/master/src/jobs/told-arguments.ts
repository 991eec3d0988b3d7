import { callsOf, decodeValue, isCompound, isDict, type Dict, type JobCall, type Value } from '@brine/common';
import { hideSecretArguments } from '@brine/modules/kit';

/**
 * Arguments as events tell them, in Salt's form: the positional ones and, where there are any, those by name as a last
 * member. What a function takes as a secret is masked.
 */
export function toldArguments(call: JobCall): Value[] {
  const { positional, keyword } = shownCall(call);
  return [...positional, ...(keyword.size > 0 ? [keyword] : [])];
}

/** The same of encoded ones. */
export function toldEncodedArguments(fun: string, positional: Uint8Array, keyword: Uint8Array): Value[] {
  return toldArguments(decodeCall(fun, positional, keyword));
}

/** A call whose arguments came encoded. */
export function decodeCall(fun: string, positional: Uint8Array, keyword: Uint8Array): JobCall {
  const [first, second] = [decodeValue(positional), decodeValue(keyword)];
  return { fun, positional: Array.isArray(first) ? first : [], keyword: isDict(second) ? second : new Map() };
}

/** A call as others may be told of it; see `hideSecretArguments`. */
export function shownCall(call: JobCall): JobCall {
  if (!isCompound(call.fun)) return hideSecretArguments(call);
  const lists = callsOf(call).map((each): Value[] => {
    const { positional, keyword } = hideSecretArguments(each);
    return [...positional, ...(keyword.size > 0 ? [marked(keyword)] : [])];
  });
  // Several functions without arguments need no lists.
  return { ...call, positional: call.positional.length === 0 ? [] : lists };
}

function marked(keyword: Dict): Dict {
  return new Map<Value, Value>([['__kwarg__', true], ...keyword]);
}
