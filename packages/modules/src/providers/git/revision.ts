import type { LatestRequest } from './latest-request.ts';

/** What a revision is at the remote. */
export interface Revision {
  readonly kind: 'head' | 'branch' | 'tag' | 'commit';
  readonly commit: string;
  /** The branch of the remote that the local one is to follow; `null` for none, `undefined` where that is left alone. */
  readonly upstream: string | null | undefined;
}

/** What `rev` means at a remote with these refs; `undefined` when nothing. */
export function findRevision(
  refs: ReadonlyMap<string, string>,
  { rev, remote }: Pick<LatestRequest, 'rev' | 'remote'>,
): Revision | undefined {
  const head = refs.get('HEAD');
  if (rev === 'HEAD') return head === undefined ? undefined : { kind: 'head', commit: head, upstream: undefined };
  const branch = refs.get(`refs/heads/${rev}`);
  if (branch !== undefined) return { kind: 'branch', commit: branch, upstream: `${remote}/${rev}` };
  const tag = refs.get(`refs/tags/${rev}^{}`) ?? refs.get(`refs/tags/${rev}`);
  if (tag !== undefined) return { kind: 'tag', commit: tag, upstream: null };
  return /^[0-9a-f]{4,40}$/i.test(rev) ? { kind: 'commit', commit: rev.toLowerCase(), upstream: null } : undefined;
}

/** A revision as comments name it: `origin/main (1234abc)`. */
export function placeOf({ rev }: Pick<LatestRequest, 'rev'>, { kind, commit, upstream }: Revision): string {
  const short = shortCommit(commit);
  if (kind === 'head') return `remote HEAD (${short})`;
  return kind === 'commit' ? short : `${upstream ?? rev} (${short})`;
}

/** A commit as comments show it. */
export function shortCommit(commit: string | undefined): string {
  return commit === undefined ? 'None' : commit.slice(0, 7);
}

/** Whether a commit is the revision's, which may be an abbreviated one. */
export function isAt(commit: string | undefined, revision: Revision): boolean {
  return commit?.startsWith(revision.commit) === true;
}

/** What was done, as one comment. */
export function tellSteps(steps: readonly string[]): string {
  return steps.length > 1 ? `${steps.join('. ')}.` : (steps[0] ?? '');
}

/** How a branch comes to follow another: what is done and how a dry run says it. */
export interface Tracking {
  readonly arguments: readonly string[];
  /** After `was` or `would be`. */
  readonly words: string;
}

/** What makes a branch that follows `current` follow the revision's; `undefined` when nothing is to be done. */
export function trackingOf(current: string | undefined, { upstream }: Revision): Tracking | undefined {
  if (upstream === undefined || upstream === (current ?? null)) return undefined;
  if (upstream === null) return { arguments: ['branch', '--unset-upstream'], words: 'unset' };
  const words = current === undefined ? `set to ${upstream}` : `updated to ${upstream}`;
  return { arguments: ['branch', `--set-upstream-to=${upstream}`], words };
}
