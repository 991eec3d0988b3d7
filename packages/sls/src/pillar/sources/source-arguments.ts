import { closestName, isDict, pythonStr, pythonTypeName, type Dict, type Value } from '@brine/common';
import { sourceFault } from './source-fault.ts';

/** The arguments of a source, by name. What is null counts as not given; what has another type is refused. */
export interface SourceArguments {
  value(name: string): Value | undefined;
  text(name: string): string | undefined;
  requiredText(name: string): string;
  flag(name: string): boolean;
  list(name: string): readonly Value[] | undefined;
  dict(name: string): Dict | undefined;
}

/**
 * Reads what stands beside the name of a source in `ext_pillar`: a dict gives arguments by name, a list by position,
 * anything else is the first one. `known` are the names in order of position.
 */
export function readSourceArguments(configuration: Value, known: readonly string[]): SourceArguments {
  const given = bind(configuration, known);
  const value = (name: string): Value | undefined => given.get(name) ?? undefined;
  function typed<Type extends Value>(
    name: string,
    kind: string,
    is: (candidate: Value) => candidate is Type,
  ): Type | undefined {
    const found = value(name);
    if (found === undefined || is(found)) return found;
    throw sourceFault(`${name} is not a ${kind} but a ${pythonTypeName(found)}`);
  }
  const text = (name: string): string | undefined => typed(name, 'text', (found) => typeof found === 'string');
  return {
    value,
    text,
    requiredText(name) {
      const found = text(name) ?? '';
      if (found === '') throw sourceFault(`it needs ${name}`);
      return found;
    },
    flag: (name) => typed(name, 'boolean', (found) => typeof found === 'boolean') ?? false,
    list: (name) => typed(name, 'list', (found) => Array.isArray(found)),
    dict: (name) => typed(name, 'dictionary', isDict),
  };
}

function bind(configuration: Value, known: readonly string[]): ReadonlyMap<string, Value> {
  if (isDict(configuration)) return bindByName(configuration, known);
  const positional = Array.isArray(configuration) ? configuration : [configuration];
  if (positional.length > known.length) {
    throw sourceFault(`it takes ${known.length} values at most (${known.join(', ')}), not ${positional.length}`);
  }
  return new Map(positional.map((value, index) => [known[index] ?? '', value]));
}

function bindByName(configuration: Dict, known: readonly string[]): ReadonlyMap<string, Value> {
  const given = new Map(Array.from(configuration, ([name, value]) => [pythonStr(name), value]));
  for (const name of given.keys()) {
    if (known.includes(name)) continue;
    const near = closestName(name, known);
    throw sourceFault(
      `it has no argument ${name}`,
      near === undefined ? `there are: ${known.join(', ')}` : `did you mean ${near}?`,
    );
  }
  return given;
}
