import type { LatestRequest } from './latest-request.ts';
import type { CloneState } from './read-clone.ts';
import { shortCommit, type Revision } from './revision.ts';

/** What an update is about. */
export interface Update {
  readonly revision: Revision;
  readonly clone: CloneState;
  /** `undefined` until the revision has been fetched. */
  readonly isForward: boolean | undefined;
}

/** Why an update that is no fast-forward is not made. */
export function notForward({ rev, branch }: LatestRequest, { revision, clone }: Update): string {
  const { isDirty } = clone;
  const [old, next] = [shortCommit(clone.base), shortCommit(revision.commit)];
  const move = isDirty && old !== next ? `from ${old} to ${next}` : `to ${next}`;
  const turn = clone.turn === 'none' ? '' : ` (after checking out local branch '${branch ?? ''}')`;
  const why = isDirty ? 'there are uncommitted changes' : 'this is not a fast-forward merge';
  const [or, and] = isDirty ? [" (or 'remote-changes')", ' and discard these changes'] : ['', ''];
  const hint = branch === undefined ? hintAtBranch(rev, clone) : '';
  return `Repository would be updated ${move}${turn}, but ${why}. Set 'force_reset' to True${or} to force this update${and}.${hint}`;
}

function hintAtBranch(rev: string, { branch = 'None', defaultBranch }: CloneState): string {
  if (rev !== 'HEAD')
    return branch === rev
      ? ''
      : ` The desired rev (${rev}) differs from the name of the local branch (${branch}), if the desired rev is a branch name then a forced update could possibly be avoided by setting the 'branch' argument to '${rev}' instead.`;
  if (defaultBranch === undefined || branch === defaultBranch) return '';
  return ` The default remote branch (${defaultBranch}) differs from the local branch (${branch}). This could be caused by changing the default remote branch, or if the local branch was manually changed. Rather than forcing an update, it may be advisable to set the 'branch' argument to '${defaultBranch}' instead. To ensure that this state follows the '${defaultBranch}' branch instead of the remote HEAD, set the 'rev' argument to '${defaultBranch}'.`;
}
