import { AppError, compileGlob, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { eventOrigins, type EventOrigin } from '../../events/event-origin.ts';

/** What is done about events whose tags match. */
export interface ReactorRule {
  /** A glob over tags. */
  readonly tag: string;
  /** Files of reactions: paths, globs of paths or `salt://` URLs. */
  readonly files: readonly string[];
  /** The only origins it is meant for, when it names them. */
  readonly origins?: ReadonlySet<EventOrigin>;
  readonly matches: (tag: string) => boolean;
}

/** Reads the `reactor` list of a configuration. Throws `reactor-invalid`. */
export function readReactorRules(entries: readonly Value[]): readonly ReactorRule[] {
  return entries.map((entry, index) => {
    const [tag, value] = isDict(entry) && entry.size === 1 ? ([...entry][0] ?? []) : [];
    if (tag === undefined || value === undefined) {
      throw invalid(`entry ${index + 1} of 'reactor' is not one tag with its reactions`);
    }
    return toReactorRule(pythonStr(tag), value);
  });
}

/** Reads one rule: a file, a list of files, or a mapping of `sls` and `origins`. Throws `reactor-invalid`. */
export function toReactorRule(tag: string, value: Value): ReactorRule {
  const given: Dict = isDict(value) ? value : new Map([['sls', value]]);
  const unknown = [...given.keys()].map(pythonStr).filter((key) => key !== 'sls' && key !== 'origins');
  if (unknown.length > 0) throw invalid(`the rule for '${tag}' has unknown members: ${unknown.join(', ')}`);
  const files = textsOf(given.get('sls'));
  if (files === undefined || files.length === 0) throw invalid(`the rule for '${tag}' names no files of reactions`);
  const rule = { tag, files, matches: compileGlob(tag) };
  if (!given.has('origins')) return rule;
  const origins = textsOf(given.get('origins'));
  if (origins === undefined || !origins.every(isOrigin)) {
    throw invalid(`the origins of the rule for '${tag}' are not a list of ${eventOrigins.join(', ')}`);
  }
  return { ...rule, origins: new Set(origins as readonly EventOrigin[]) };
}

/** A rule as a configuration has it. */
export function shownRule({ tag, files, origins }: ReactorRule): Dict {
  const shown: Value =
    origins === undefined
      ? [...files]
      : new Map<Value, Value>([
          ['sls', [...files]],
          ['origins', [...origins]],
        ]);
  return new Map([[tag, shown]]);
}

function textsOf(value: Value | undefined): readonly string[] | undefined {
  const items = typeof value === 'string' ? [value] : value;
  return Array.isArray(items) && items.every((item) => typeof item === 'string') ? items : undefined;
}

function isOrigin(text: string): boolean {
  return (eventOrigins as readonly string[]).includes(text);
}

function invalid(message: string): AppError {
  return new AppError({ code: 'reactor-invalid', message });
}
