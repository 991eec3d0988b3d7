import type { CheckOutcome, Plain } from '@brine/common';
import { fails, isOk, type Host, type StateContext } from '../../kit/index.ts';
import { readSourceLines } from './apt-files.ts';
import { isSameRepository, type AptSource } from './apt-source.ts';
import { readStanzas, sourceOfStanza, writeStanza, type Stanza } from './apt-stanzas.ts';
import { withConsolidated } from './consolidate-sources.ts';
import { compareSources } from './compare-sources.ts';
import { settleRepository, titleOf, wantedKeys, type RepositoryRequest } from './settle-repository.ts';

/** Compares a repository with the stanzas of a `.sources` file: a one-line entry in there would stop apt. */
export async function checkStanza(
  request: RepositoryRequest,
  wanted: AptSource,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const title = titleOf(request);
  const file = request.file ?? '';
  const goal = { ...wanted, comment: request.comments?.join(' ').trim() ?? '' };
  const text = writeStanza(goal);
  if (text.some((line) => /[\r\n]/.test(line)))
    return fails(`Failed to configure repo '${title}': a field of a sources file has no line break here`);
  const lines = await readSourceLines(context.host, file);
  const found = findStanza(lines, wanted);
  const keys = await wantedKeys(request, wanted, context.host);
  const changes = { ...compare(found?.source, goal, title), ...keys.changes };
  if (Object.keys(changes).length === 0) return isOk(`Package repo '${title}' already configured`);
  const edited = request.clean_file ? text : withStanza(lines, text, found?.stanza);
  const plan = { request, file, lines: edited, keys: keys.missing, changes, context };
  return settleRepository(request.consolidate === true ? await withConsolidated(plan) : plan);
}

interface FoundStanza {
  readonly stanza: Stanza;
  readonly source: AptSource;
}

function findStanza(lines: readonly string[], wanted: AptSource): FoundStanza | undefined {
  for (const stanza of readStanzas(lines)) {
    const source = sourceOfStanza(stanza);
    if (source !== undefined && isSameRepository(source, wanted)) return { stanza, source };
  }
  return undefined;
}

function compare(found: AptSource | undefined, goal: AptSource, title: string): Record<string, Plain> {
  if (found === undefined) return { repo: title };
  // Comments stand above a stanza and are nobody's.
  const { line: _, ...changes } = compareSources({ source: found, line: '' }, { ...goal, comment: '' });
  const otherOptions = (source: AptSource): string =>
    Array.from(source.options, ([key, value]) => `${key}=${value}`)
      .filter((option) => !/^(?:arch|signed-by)=/.test(option))
      .toSorted()
      .join(' ');
  const [old, now] = [otherOptions(found), otherOptions(goal)];
  return old === now ? changes : { ...changes, options: { old, new: now } };
}

function withStanza(lines: readonly string[], text: readonly string[], at: Stanza | undefined): readonly string[] {
  if (at !== undefined) return lines.toSpliced(at.start, at.end - at.start, ...text);
  return lines.length === 0 || lines.at(-1)?.trim() === '' ? [...lines, ...text] : [...lines, '', ...text];
}
