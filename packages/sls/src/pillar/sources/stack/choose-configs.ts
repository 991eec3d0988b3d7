import { getItem, isDict, pythonStr, pythonTypeName, traverse, type Dict, type Value } from '@brine/common';
import type { ExternalPillarRequest } from '../../external-pillar.ts';
import { sourceFault } from '../source-fault.ts';

const environmentMark = '__env__';

/**
 * The configuration files of a stack for a minion, in order: one, a list, or by what `grains:…`, `pillar:…` and
 * `opts:…` are. `__env__` stands for the pillar environment there, in values and in paths.
 */
export function chooseStackConfigs(request: ExternalPillarRequest): readonly string[] {
  const { configuration } = request;
  if (!isDict(configuration)) return readPaths(configuration);
  const environment = environmentOf(request.options);
  return [...configuration].flatMap(([matcher, choices]) => {
    const chosen = choose(pythonStr(matcher), choices, request, environment);
    return chosen.map((path) => path.replaceAll(environmentMark, environment));
  });
}

function environmentOf(options: Dict): string {
  const named = ['pillarenv', 'saltenv'].map((key) => options.get(key));
  return named.find((name): name is string => typeof name === 'string' && name !== '') ?? 'base';
}

function choose(
  matcher: string,
  choices: Value,
  request: ExternalPillarRequest,
  environment: string,
): readonly string[] {
  const [, kind = '', path = ''] = /^(.*?):(.*)$/s.exec(matcher) ?? [];
  const subjects = new Map([
    ['grains', request.grains],
    ['pillar', request.pillar],
    ['opts', request.options],
  ]);
  const subject = subjects.get(kind);
  if (subject === undefined) {
    throw sourceFault(`${matcher} says not what to look at`, `there are: ${[...subjects.keys()].join(':…, ')}:…`);
  }
  if (!isDict(choices)) throw sourceFault(`${matcher} has no dictionary of values and their files`);
  const value = traverse(subject, path) ?? null;
  if (isDict(value) || Array.isArray(value)) {
    throw sourceFault(`${matcher} is a ${pythonTypeName(value)}, which no file can be chosen by`);
  }
  const isEnvironment = value === environment && choices.has(environmentMark);
  return readPaths((isEnvironment ? choices.get(environmentMark) : getItem(choices, value)) ?? []);
}

function readPaths(value: Value): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map((path) => {
    if (typeof path === 'string' && path.startsWith('/')) return path;
    throw sourceFault(`a file of a stack is named by its absolute path, not as ${pythonStr(path)}`);
  });
}
