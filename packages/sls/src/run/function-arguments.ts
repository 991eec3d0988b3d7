import type { Dict } from '@brine/common';
import { inRequisites, requisiteKeywords } from '../requisites/requisite-keywords.ts';
import type { StateDescription } from './state-library.ts';

/** Keys of a chunk that are for the engine, beside requisites. */
const engineKeywords: ReadonlySet<string> = new Set([
  'fun',
  'state',
  'aggregate',
  'check_cmd',
  'cmd_opts_exclude',
  'failhard',
  'onlyif',
  'unless',
  'creates',
  'retry',
  'retryable',
  'order',
  'parallel',
  'reload_modules',
  'reload_grains',
  'reload_pillar',
  'force_reload_modules',
  'runas',
  'runas_password',
  'fire_event',
  'saltenv',
  'sfun',
  'timeout',
  'umask',
]);

/**
 * The arguments of a chunk that its function gets: everything it names, and everything else but requisites and
 * what the engine itself acts on. What the function then does not know is an unexpected argument.
 */
export function functionArguments(chunk: Dict, description: StateDescription): Dict {
  const named = new Set(description.argumentNames);
  const given: Dict = new Map();
  for (const [key, value] of chunk) {
    if (typeof key !== 'string' || (!named.has(key) && isForEngine(key))) continue;
    given.set(key, value);
  }
  return given;
}

function isForEngine(key: string): boolean {
  return key.startsWith('__') || engineKeywords.has(key) || requisiteKeywords.has(key) || inRequisites.has(key);
}
