import { isDict, pythonStr, type Dict, type Value } from '@brine/common';

const mask = '**********';

/** Names of keys whose values are secret, wherever they are. */
const secretName =
  /pass(?:word|phrase|wd)?$|bindpw|secret|token$|api_?key|private_?key|credentials?$|signing_key_pass/i;

/** A configuration as it may be shown: what is secret by its name is masked, and so are settings of login methods. */
export function maskSecrets(options: Dict): Dict {
  return new Map([...options].map(([key, value]) => [key, maskMember(pythonStr(key), value)]));
}

function maskMember(name: string, value: Value): Value {
  const isSet = value !== null && value !== '' && typeof value !== 'boolean';
  if (name === 'external_auth' && isDict(value)) return maskMethods(value);
  if (isSet && secretName.test(name)) return mask;
  return maskWithin(value);
}

function maskWithin(value: Value): Value {
  if (Array.isArray(value)) return value.map(maskWithin);
  if (isDict(value)) return maskSecrets(value);
  // An address may carry a password: `https://user:password@host/`.
  return typeof value === 'string' ? value.replaceAll(/(:\/\/[^/\s:@]+:)[^/\s@]+@/g, `$1${mask}@`) : value;
}

/** Who may do what is no secret, but how somebody proves who he is can be. */
function maskMethods(methods: Dict): Dict {
  return new Map(
    [...methods].map(([name, entries]) => [
      name,
      isDict(entries)
        ? new Map([...entries].map(([key, value]) => [key, pythonStr(key).startsWith('^') ? mask : value]))
        : entries,
    ]),
  );
}
