import type { GitIdentity } from './git-command.ts';

/** `git.latest` as an SLS file describes it. */
export interface LatestRequest {
  readonly name: string;
  readonly rev: string;
  readonly target: string;
  readonly branch: string | undefined;
  readonly login: GitIdentity;
  readonly depth: number | undefined;
  readonly submodules: boolean;
  readonly force_clone: boolean;
  readonly remote: string;
  readonly force_checkout: boolean;
  readonly force_fetch: boolean;
  /** `remote-changes` keeps local changes while the clone is up to date. */
  readonly force_reset: boolean | 'remote-changes';
  readonly update_head: boolean;
  readonly bare: boolean;
  readonly mirror: boolean;
  readonly fetch_tags: boolean;
  readonly sync_tags: boolean;
  /** Globs of the branches and tags that are fetched. */
  readonly refspec_branch: string;
  readonly refspec_tag: string;
}
