import { loadYaml, type LoadYamlOptions, type Value } from '@brine/common';

/** Reads YAML that no SLS file is: when a key is repeated the last one counts, as for Salt's sources. */
export function loadLenientYaml(text: string, options: Omit<LoadYamlOptions, 'dialect'> = {}): Value {
  const dialect = { applyTag: () => undefined, joinRepeated: (_earlier: Value, later: Value) => later };
  return loadYaml(text, { ...options, dialect }).value;
}
