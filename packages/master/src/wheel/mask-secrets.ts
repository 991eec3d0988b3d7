import { isDict, pythonStr, replaceSecretParts, soundsSecret, type Dict, type Value } from '@brine/common';

const mask = '**********';

/** A configuration as it may be shown: what is secret by its name is masked, and so are settings of login methods. */
export function maskSecrets(options: Dict): Dict {
  return new Map([...options].map(([key, value]) => [key, maskMember(pythonStr(key), value)]));
}

function maskMember(name: string, value: Value): Value {
  const isSet = value !== null && value !== '' && typeof value !== 'boolean';
  if (name === 'external_auth' && isDict(value)) return maskMethods(value);
  if (isSet && soundsSecret(name)) return mask;
  return maskWithin(value);
}

function maskWithin(value: Value): Value {
  if (Array.isArray(value)) return value.map(maskWithin);
  if (isDict(value)) return maskSecrets(value);
  return typeof value === 'string' ? replaceSecretParts(value, () => mask) : value;
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
