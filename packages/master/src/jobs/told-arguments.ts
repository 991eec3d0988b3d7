import { decodeValue, isDict, type Value } from '@brine/common';

/** Arguments as events tell them, in Salt's form: the positional ones and, where there are any, those by name as a last member. */
export function toldArguments(positional: Value, keyword: Value): Value[] {
  return [...(Array.isArray(positional) ? positional : []), ...(isDict(keyword) && keyword.size > 0 ? [keyword] : [])];
}

/** The same of encoded ones. */
export function toldEncodedArguments(positional: Uint8Array, keyword: Uint8Array): Value[] {
  return toldArguments(decodeValue(positional), decodeValue(keyword));
}
