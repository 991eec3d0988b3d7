import { compilePythonRegex, isAppError, matchGlob, pythonStr, updateDict, type Dict, type Value } from '@brine/common';

/**
 * Lays grains of several sources over each other, later ones winning. `grains_blacklist` takes names (globs or regular
 * expressions) away from all but the last source, the configuration; with `grains_deep_merge` dictionaries are merged.
 */
export function mergeGrains(sources: readonly Dict[], options: Dict): Dict {
  const isUnwanted = readBlacklist(options.get('grains_blacklist') ?? null);
  const mergesDeep = options.get('grains_deep_merge') === true;
  const grains: Dict = new Map();
  for (const [index, source] of sources.entries()) {
    const wanted: Dict =
      index === sources.length - 1 ? source : new Map([...source].filter(([name]) => !isUnwanted(pythonStr(name))));
    if (mergesDeep) updateDict(grains, wanted);
    else for (const [name, value] of wanted) grains.set(name, value);
  }
  return grains;
}

function readBlacklist(setting: Value): (name: string) => boolean {
  const patterns = Array.isArray(setting) ? setting.map(pythonStr) : [];
  const regexes = patterns.flatMap((pattern) => compileWhole(pattern) ?? []);
  return (name) => patterns.some((pattern) => matchGlob(pattern, name)) || regexes.some((regex) => regex.test(name));
}

// A glob need not be a regular expression.
function compileWhole(pattern: string): RegExp | undefined {
  try {
    return compilePythonRegex(`\\A(?:${pattern})\\Z`);
  } catch (caught) {
    if (isAppError(caught, 'regex-invalid')) return undefined;
    throw caught;
  }
}
