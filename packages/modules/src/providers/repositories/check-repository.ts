import type { CheckOutcome } from '@brine/common';
import { fails, isOk, type Host, type StateContext } from '../../kit/index.ts';
import { mainSourcesList, readAptSources, readSourceLines, type FoundSource } from './apt-files.ts';
import { isSameEntry, readAptSource, writeAptSource, type AptSource } from './apt-source.ts';
import { checkStanza } from './check-stanza.ts';
import { compareSources } from './compare-sources.ts';
import { withConsolidated } from './consolidate-sources.ts';
import {
  settleRepository,
  titleOf,
  wantedKeys,
  type RepositoryPlan,
  type RepositoryRequest,
} from './settle-repository.ts';

/** Compares a repository with what is configured, and says in Salt's words what is or will be done. */
export async function checkRepository(request: RepositoryRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const title = titleOf(request);
  const wanted = wantedSource(request);
  if (wanted === undefined) return fails(`Failed to configure repo '${title}': it is no line of a sources list`);
  if (request.file?.endsWith('.sources') === true) return checkStanza(request, wanted, context);
  return checkLine(request, wanted, context);
}

async function checkLine(
  request: RepositoryRequest,
  wanted: AptSource,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const title = titleOf(request);
  const found = await findSource(request, wanted, context);
  const goal = { ...wanted, comment: commentOf(request, found?.source ?? wanted) };
  const line = writeAptSource(goal);
  if (/[\r\n]/.test(line))
    return fails(`Failed to configure repo '${title}': a line of a sources list has no line break`);
  const keys = await wantedKeys(request, wanted, context.host);
  const changes = { ...(found === undefined ? { repo: title } : compareSources(found, goal)), ...keys.changes };
  if (Object.keys(changes).length === 0) return isOk(`Package repo '${title}' already configured`);
  if (request.consolidate === true)
    return settleConsolidated({ request, goal, line, keys: keys.missing, changes, context });
  const file = found?.file ?? request.file ?? mainSourcesList;
  const lines = cleans(request, file)
    ? [line]
    : withLine(await readSourceLines(context.host, file), line, { found, file });
  return settleRepository({ request, file, lines, keys: keys.missing, changes, context });
}

// As in Salt all one-line sources come into the main list first, where the line then belongs if it was anywhere.
async function settleConsolidated(
  plan: Omit<RepositoryPlan, 'file' | 'lines' | 'consolidated'> & { readonly goal: AptSource; readonly line: string },
): Promise<CheckOutcome<Host>> {
  const { goal, line, request } = plan;
  const whole = await withConsolidated(plan, request.clean_file ? request.file : undefined);
  const { sources } = whole.consolidated;
  const written = sources.map((source) => writeAptSource(source));
  const at = sources.findIndex((source) => isSameEntry(source, goal));
  const file = at < 0 ? (request.file ?? mainSourcesList) : mainSourcesList;
  const edited = at < 0 ? [...written, line] : written.with(at, line);
  return settleRepository({ ...whole, file, lines: file === mainSourcesList ? edited : [line] });
}

function commentOf({ comments }: RepositoryRequest, { comment }: AptSource): string {
  return comments === undefined ? comment : comments.join(' ').trim();
}

/** As in Salt the file is emptied when something is to be configured, so that several states may share it. */
function cleans(request: RepositoryRequest, file: string): boolean {
  return request.clean_file && (request.file === undefined || request.file === file);
}

function withLine(
  lines: readonly string[],
  line: string,
  { found, file }: { readonly found: FoundSource | undefined; readonly file: string },
): readonly string[] {
  return found?.file === file ? lines.with(found.index, line) : [...lines, line];
}

function wantedSource(request: RepositoryRequest): AptSource | undefined {
  const source = readAptSource(request.name);
  if (source === undefined) return undefined;
  const options = new Map(source.options);
  if (request.architectures !== undefined) options.set('arch', request.architectures.join(','));
  if (request.signedby !== undefined) options.set('signed-by', request.signedby);
  const isDisabled = request.disabled ?? (request.enabled === undefined ? false : !request.enabled);
  return {
    ...source,
    options,
    dist: request.dist ?? source.dist,
    components: request.comps ?? source.components,
    isDisabled,
  };
}

/** The line a request is about, wherever it stands: as in Salt another file than the one wished for counts too. */
async function findSource(
  request: RepositoryRequest,
  wanted: AptSource,
  { host }: StateContext,
): Promise<FoundSource | undefined> {
  const named = readAptSource(request.name) ?? wanted;
  const components = [...new Set([...named.components, ...wanted.components])];
  const all = await readAptSources(host);
  const find = (file: string | undefined, dist: string): FoundSource | undefined =>
    all.find(
      (one) => isSameEntry(one.source, { ...wanted, dist, components }) && (file === undefined || one.file === file),
    );
  return [wanted.dist, named.dist]
    .flatMap((dist) => [find(request.file, dist), find(undefined, dist)])
    .find((one) => one !== undefined);
}
