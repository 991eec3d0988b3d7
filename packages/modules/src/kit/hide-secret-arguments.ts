import {
  isDict,
  pythonStr,
  replaceSecretParts,
  soundsSecret,
  type Dict,
  type JobCall,
  type Value,
} from '@brine/common';
import { isKeyMaterial } from './secret-arguments.ts';
import { secretNames, secretPositions } from './secret-positions.ts';

const mask = '**********';

/** Names of arguments of which only a key itself is secret, not the path of one. */
const pathOrKey = /(^|_)private_key$/;

/**
 * The arguments of a call as others may be told of them: what a function takes as a secret by position, and what is given by the
 * name of a secret to any function is masked; within arguments also what only sounds secret.
 */
export function hideSecretArguments({ fun, positional, keyword }: JobCall): JobCall {
  const [inner] = positional;
  // The function it calls is its first argument.
  if (fun === 'salt.cmd' && typeof inner === 'string') {
    const call = hideSecretArguments({ fun: inner, positional: positional.slice(1), keyword });
    return { fun, positional: [inner, ...call.positional], keyword: call.keyword };
  }
  const places = Object.hasOwn(secretPositions, fun) ? (secretPositions[fun] ?? []) : [];
  return {
    fun,
    positional: positional.map((value, index) => (places.includes(index) ? maskValue(value) : hideWithin(value))),
    keyword: hideIn(keyword, (name) => secretNames.has(name) || (name === 'auth' && fun.startsWith('http.'))),
  };
}

function isSecretMember(name: string): boolean {
  return secretNames.has(name) || soundsSecret(name);
}

function hideIn(dict: Dict, isSecret: (name: string) => boolean): Dict {
  return new Map(
    Array.from(dict, ([key, value]): [Value, Value] => {
      const name = pythonStr(key);
      if (!isSecret(name)) return [key, hideWithin(value)];
      const isPath = pathOrKey.test(name) && typeof value === 'string' && !isKeyMaterial(value);
      return [key, isPath ? value : maskValue(value)];
    }),
  );
}

function hideWithin(value: Value): Value {
  if (Array.isArray(value)) return value.map(hideWithin);
  if (typeof value === 'string') return replaceSecretParts(value, () => mask);
  return isDict(value) ? hideIn(value, isSecretMember) : value;
}

/** What says nothing stays. */
function maskValue(value: Value): Value {
  return value === null || value === '' || typeof value === 'boolean' ? value : mask;
}
