import type { Applied, CheckOutcome, Plain } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { makeParents } from '../files/make-parents.ts';
import { choosePackageManager } from '../packages/choose-package-manager.ts';
import { noteRefreshed } from '../packages/package-memory.ts';
import { refreshLists } from '../packages/refresh-lists.ts';
import { mainSourcesList, readAptSources, readSourceLines, type FoundSource } from './apt-files.ts';
import { dryRunNote } from './dry-run-note.ts';
import { missingKeys, placeKey, type AptKey } from './apt-key.ts';
import { isSameRepository, readAptSource, writeAptSource, type AptSource } from './apt-source.ts';

/** `pkgrepo.managed` as an SLS file describes it. */
export interface RepositoryRequest {
  readonly name: string;
  /** What it is called in comments and changes; its name unless given. */
  readonly title?: string;
  readonly file: string | undefined;
  readonly dist: string | undefined;
  readonly comps: readonly string[] | undefined;
  readonly architectures: readonly string[] | undefined;
  readonly signedby: string | undefined;
  readonly key_url: string | undefined;
  readonly key_text: string | undefined;
  readonly keyid: readonly string[] | undefined;
  readonly keyserver: string | undefined;
  readonly disabled: boolean | undefined;
  readonly enabled: boolean | undefined;
  readonly clean_file: boolean;
  readonly refresh: boolean;
  readonly refresh_db: boolean | undefined;
}

interface Plan {
  readonly request: RepositoryRequest;
  readonly wanted: AptSource;
  readonly file: string;
  readonly lines: readonly string[];
  readonly keys: readonly AptKey[];
  readonly changes: Readonly<Record<string, Plain>>;
  readonly context: StateContext;
}

/** Compares a repository with what is configured, and says in Salt's words what is or will be done. */
export async function checkRepository(request: RepositoryRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const title = titleOf(request);
  const wanted = wantedSource(request);
  if (wanted === undefined) return fails(`Failed to configure repo '${title}': it is no line of a sources list`);
  const found = (await readAptSources(context.host)).find(
    (one) => isSameRepository(one.source, wanted) && (request.file === undefined || one.file === request.file),
  );
  const file = request.file ?? found?.file ?? mainSourcesList;
  const lines = await readSourceLines(context.host, file);
  const keys = await missingKeys(context.host, keysOf(request, wanted));
  const extra = request.clean_file && lines.filter((line) => line.trim() !== '').length > 1;
  const changes = { ...compare(found, wanted, title), ...keyChanges(keys) };
  if (Object.keys(changes).length === 0 && !extra) return isOk(`Package repo '${title}' already configured`);
  const line = writeAptSource(wanted);
  const edited = request.clean_file ? [line] : withLine(lines, line, { found, file });
  const all = extra ? { ...changes, cleaned: file } : changes;
  const plan = { request, wanted, file, lines: edited, keys, changes: all, context };
  // Packages that are not known may come to be known through it.
  noteRefreshed(context.memory, false);
  return willChange(
    { comment: `Package repo '${title}' would be configured. ${dryRunNote}`, changes: all },
    (machine) => attempt(`Failed to configure repo '${title}'`, () => configure(plan, machine)),
  );
}

function titleOf({ name, title = name }: RepositoryRequest): string {
  return title;
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

function keysOf(request: RepositoryRequest, source: AptSource): readonly AptKey[] {
  const { key_url: url, key_text: text, keyid: ids, keyserver } = request;
  if (url === undefined && text === undefined && (ids === undefined || keyserver === undefined)) return [];
  const slug = source.uri
    .replace(/^[a-z]+:\/+(?:[^/@]*@)?/, '')
    .replace(/[^a-zA-Z0-9.-]+/g, '-')
    .replace(/-+$/, '');
  const path = source.options.get('signed-by') ?? `/etc/apt/trusted.gpg.d/${slug}.asc`;
  return [{ path, url, text, ids, keyserver }];
}

function compare(found: FoundSource | undefined, wanted: AptSource, name: string): Record<string, Plain> {
  if (found === undefined) return { repo: name };
  const changes: Record<string, Plain> = {};
  const note = (key: string, old: string, now: string): void => {
    if (old !== now) changes[key] = { old, new: now };
  };
  const { source } = found;
  note('comps', source.components.toSorted().join(','), wanted.components.toSorted().join(','));
  note('disabled', String(source.isDisabled), String(wanted.isDisabled));
  note('line', writeAptSource(source).replace(/^# /, ''), writeAptSource(wanted).replace(/^# /, ''));
  return changes;
}

function keyChanges(keys: readonly AptKey[]): Record<string, Plain> {
  return keys.length === 0 ? {} : { key: keys.map(({ path }) => path).join(', ') };
}

async function configure({ request, file, lines, keys, changes, context }: Plan, machine: Host): Promise<Applied> {
  for (const key of keys) await placeKey(machine, key, context);
  await makeParents(machine, file, { mode: 0o755 });
  await machine.files.write(file, Buffer.from(lines.map((line) => `${line}\n`).join('')), { mode: 0o644 });
  noteRefreshed(context.memory, false);
  if (request.refresh_db ?? request.refresh) {
    const manager = await choosePackageManager(machine, context.grains);
    await refreshLists(manager, machine, { wish: true, validSeconds: undefined, context });
  }
  return { comment: `Configured package repo '${titleOf(request)}'`, changes };
}
