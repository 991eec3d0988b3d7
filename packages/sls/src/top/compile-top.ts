import type { Dict, Problem, SourceSpan } from '@brine/common';
import { matchTop, type MatchedName } from './match-top.ts';
import type { MergedTop } from './merged-top.ts';
import { mergePillarTops } from './merge-pillar-tops.ts';
import { mergeStateTops } from './merge-state-tops.ts';
import { readTopFiles } from './top-file.ts';
import { textSetting, type TopInput } from './top-input.ts';
import type { TopResult } from './top-result.ts';

/**
 * Reads the top files and tells which state or pillar files a minion gets. Nothing throws for what a user wrote:
 * every fault is in `problems`, and with an error among them the matches are not to be acted on.
 */
export async function compileTop(input: TopInput): Promise<TopResult> {
  const problems: Problem[] = [];
  const report = (problem: Problem): number => problems.push(problem);
  const environments = await topEnvironments(input);
  const files = await readTopFiles(environments, input, report);
  if (input.kind === 'state') {
    const top = mergeStateTops(files, input.context.options, report);
    const matched = await matchTop(top, input, report);
    return { ...collect(matched, false), top: toDict(top), ignoredMissing: new Map(), found: files.found, problems };
  }
  const { top, ignoredMissing } = mergePillarTops(files, report);
  const matched = await matchTop(top, input, report);
  return { ...collect(matched, true), top: toDict(top), ignoredMissing, found: files.found, problems };
}

function toDict(top: MergedTop): Dict {
  return new Map(
    Array.from(top, ([saltenv, targets]) => [
      saltenv,
      new Map(Array.from(targets, ([target, { names }]) => [target, [...names]])),
    ]),
  );
}

/** The environments whose top files are read, base first. */
async function topEnvironments(input: TopInput): Promise<readonly string[]> {
  const { kind, environment, saltenv, context, files } = input;
  const available = await files.environments();
  const all = ['base', ...available.filter((name) => name !== 'base')];
  if (kind === 'state')
    return environment === undefined ? stateEnvironments(all, available, context.options) : [environment];
  if (environment !== undefined) return available.includes(environment) ? [environment] : [];
  if (textSetting(context.options, 'pillar_source_merging_strategy', 'smart') !== 'none') return all;
  return all.filter((name) => name === (saltenv ?? 'base'));
}

function stateEnvironments(all: readonly string[], available: readonly string[], options: Dict): readonly string[] {
  const only = textSetting(options, 'state_top_saltenv', '');
  if (only !== '') return [only];
  const order = options.get('env_order');
  const ordered = Array.isArray(order) ? [...new Set(order.filter((name) => typeof name === 'string'))] : [];
  return ordered.length > 0 ? ordered.filter((name) => available.includes(name)) : all;
}

function collect(matched: readonly MatchedName[], once: boolean): Pick<TopResult, 'matches' | 'spanOf'> {
  const matches = new Map<string, string[]>();
  const spans = new Map<string, SourceSpan>();
  for (const { saltenv, name, entry } of matched) {
    const names = matches.get(saltenv) ?? [];
    if (!once || !names.includes(name)) names.push(name);
    matches.set(saltenv, names);
    const span = entry.spanOf(name);
    const key = JSON.stringify([saltenv, name]);
    if (span !== undefined && !spans.has(key)) spans.set(key, span);
  }
  return { matches, spanOf: (saltenv, name) => spans.get(JSON.stringify([saltenv, name])) };
}
