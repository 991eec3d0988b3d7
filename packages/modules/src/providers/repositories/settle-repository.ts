import type { Applied, CheckOutcome, Plain } from '@brine/common';
import { willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { makeParents } from '../files/make-parents.ts';
import { choosePackageManager } from '../packages/choose-package-manager.ts';
import { noteRefreshed } from '../packages/package-memory.ts';
import { refreshLists } from '../packages/refresh-lists.ts';
import { missingKeys, placeKey, type AptKey } from './apt-key.ts';
import type { AptSource } from './apt-source.ts';
import { storeConsolidated, type ConsolidatedSources } from './consolidate-sources.ts';
import { dryRunNote } from './dry-run-note.ts';

/** `pkgrepo.managed` as an SLS file describes it. */
export interface RepositoryRequest {
  readonly name: string;
  /** What it is called in comments and changes; its name unless given. */
  readonly title?: string;
  readonly file: string | undefined;
  readonly dist: string | undefined;
  readonly comps: readonly string[] | undefined;
  /** What is to stand behind the line's `#`; what is there unless given. */
  readonly comments: readonly string[] | undefined;
  readonly architectures: readonly string[] | undefined;
  readonly signedby: string | undefined;
  readonly key_url: string | undefined;
  readonly key_text: string | undefined;
  readonly keyid: readonly string[] | undefined;
  readonly keyserver: string | undefined;
  readonly disabled: boolean | undefined;
  readonly enabled: boolean | undefined;
  readonly clean_file: boolean;
  /** Whether all one-line sources come into the main list. */
  readonly consolidate?: boolean;
  readonly refresh: boolean;
  readonly refresh_db: boolean | undefined;
}

/** What is to be written for a repository. */
export interface RepositoryPlan {
  readonly request: RepositoryRequest;
  readonly file: string;
  readonly lines: readonly string[];
  readonly keys: readonly AptKey[];
  /** What the sources of all files come to, when they are to be one list. */
  readonly consolidated?: ConsolidatedSources;
  readonly changes: Readonly<Record<string, Plain>>;
  readonly context: StateContext;
}

/** What a repository is called in comments. */
export function titleOf({ name, title = name }: RepositoryRequest): string {
  return title;
}

/** The keys of a repository that are not there yet, and what is said of them. */
export async function wantedKeys(
  request: RepositoryRequest,
  source: AptSource,
  host: ReadHost,
): Promise<{ readonly missing: readonly AptKey[]; readonly changes: Readonly<Record<string, Plain>> }> {
  const missing = await missingKeys(host, keysOf(request, source));
  return { missing, changes: missing.length === 0 ? {} : { key: missing.map(({ path }) => path).join(', ') } };
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

/** Says in Salt's words that a repository will be configured, and does it. */
export function settleRepository(plan: RepositoryPlan): CheckOutcome<Host> {
  const title = titleOf(plan.request);
  const { changes } = plan;
  // Packages that are not known may come to be known through it.
  noteRefreshed(plan.context.memory, false);
  return willChange({ comment: `Package repo '${title}' would be configured. ${dryRunNote}`, changes }, (machine) =>
    attempt(`Failed to configure repo '${title}'`, () => configure(plan, machine)),
  );
}

async function configure(plan: RepositoryPlan, machine: Host): Promise<Applied> {
  const { request, file, lines, keys, changes, context } = plan;
  for (const key of keys) await placeKey(machine, key, context);
  if (plan.consolidated !== undefined) await storeConsolidated(machine, plan.consolidated);
  await makeParents(machine, file, { mode: 0o755 });
  await machine.files.write(file, Buffer.from(lines.map((line) => `${line}\n`).join('')), { mode: 0o644 });
  noteRefreshed(context.memory, false);
  if (request.refresh_db ?? request.refresh) {
    const manager = await choosePackageManager(machine, context.grains);
    await refreshLists(manager, machine, { wish: true, validSeconds: undefined, context });
  }
  return { comment: `Configured package repo '${titleOf(request)}'`, changes };
}
