import { isDict, pythonStr, type Problem, type SourceSpan, type Value } from '@brine/common';
import type { TopEntry } from './merged-top.ts';
import type { TopFile } from './top-file.ts';
import { errorAt } from './top-problem.ts';

/** One environment of one top file: its targets in order. */
export interface TopSection {
  readonly saltenv: string;
  readonly targets: ReadonlyMap<string, TopEntry>;
}

/** What is done about a fault, and whether a target with an empty dict gets nothing, as in pillar, or is one. */
export interface TopReading {
  readonly report: (problem: Problem) => void;
  readonly allowsEmpty: boolean;
}

/** Reads the sections of a top file; what does not have the shape of one is reported and left out. */
export function readSections(top: TopFile, reading: TopReading): TopSection[] {
  const { report } = reading;
  const sections: TopSection[] = [];
  for (const [saltenv, targets] of top.body) {
    const span = top.spanOf(top.body, saltenv);
    const fault = sectionFault(saltenv, targets);
    if (fault !== undefined) report(errorAt('top-invalid', fault, span));
    else if (typeof saltenv === 'string') sections.push({ saltenv, targets: readTargets(top, targets, reading) });
  }
  return sections;
}

function sectionFault(saltenv: Value, targets: Value): string | undefined {
  if (typeof saltenv !== 'string') return `Environment ${pythonStr(saltenv)} in top file is not formed as a string`;
  if (saltenv === '') return 'Empty saltenv statement in top file';
  if (targets === null) return 'Unable to render top file. No targets found.';
  return isDict(targets) ? undefined : `The top file matches for saltenv ${saltenv} are not formatted as a dict`;
}

function readTargets(top: TopFile, targets: Value, { report, allowsEmpty }: TopReading): Map<string, TopEntry> {
  const read = new Map<string, TopEntry>();
  for (const [target, names] of isDict(targets) ? targets : []) {
    const span = top.spanOf(targets, target);
    if (allowsEmpty && isDict(names) && names.size === 0) continue;
    if (!Array.isArray(names)) {
      report(errorAt('top-invalid', 'Malformed topfile (state declarations not formed as a list)', span));
      continue;
    }
    const spanOf = (name: Value): SourceSpan | undefined => top.spanOf(names, names.indexOf(name)) ?? span;
    for (const name of names) {
      const fault = nameFault(name);
      if (fault !== undefined) report(errorAt('top-invalid', fault, spanOf(name)));
    }
    read.set(pythonStr(target), { names, span, spanOf });
  }
  return read;
}

function nameFault(name: Value): string | undefined {
  if (name === '') return 'A target of the top file contains an empty sls name';
  if (typeof name === 'string' || isDict(name)) return undefined;
  return `A target of the top file names ${pythonStr(name)}, which is no text: put it in quotes`;
}
