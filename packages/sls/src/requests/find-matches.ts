import type { Problem, SourceSpan } from '@brine/common';
import { hasError } from '../compile/compile-states.ts';
import { loadHighData, type LoadedHighData } from '../high/load-high-data.ts';
import { compileTop } from '../top/compile-top.ts';
import { readNames } from './request-arguments.ts';
import type { RunSetup } from './run-setup.ts';

/** What the top files give this minion. */
export interface FoundMatches {
  /** Environment → files; empty when nothing matches. */
  readonly matches: ReadonlyMap<string, readonly string[]>;
  /** Whether the top files give anything, before `whitelist` takes its part. */
  readonly hasAny: boolean;
  readonly problems: readonly Problem[];
  /** The files' high data. */
  load(): Promise<LoadedHighData>;
}

/** Asks the top files, and keeps what `whitelist` names when it is given. */
export async function findTopMatches(setup: RunSetup): Promise<FoundMatches> {
  const { ports, source, saltenv } = setup;
  const top = await compileTop({
    kind: 'state',
    files: source.files,
    renderer: source.renderer,
    context: source.context,
    minionId: ports.minionId,
    ...(saltenv === undefined ? {} : { environment: saltenv }),
  });
  const whitelist = readNames(setup.arguments.get('whitelist'));
  const matches = new Map<string, readonly string[]>();
  for (const [environment, names] of top.matches) {
    const kept = whitelist.length === 0 ? names : names.filter((name) => whitelist.includes(name));
    if (kept.length > 0) matches.set(environment, kept);
  }
  const spanOf = (environment: string, name: string): SourceSpan | undefined => top.spanOf(environment, name);
  const load = async (): Promise<LoadedHighData> => {
    const loaded = await loadHighData(hasError(top.problems) ? new Map() : matches, { ...source, spanOf });
    return { ...loaded, problems: [...top.problems, ...loaded.problems] };
  };
  return { matches, hasAny: top.matches.size > 0, problems: top.problems, load };
}

/** The files that a call names, in its environment. */
export async function loadNamedFiles(setup: RunSetup): Promise<LoadedHighData> {
  const names = readNames(setup.arguments.get('mods'));
  return loadHighData(new Map([[setup.saltenv ?? 'base', names]]), setup.source);
}
