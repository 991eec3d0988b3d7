import { pythonStr, type Dict, type Value } from '@brine/common';
import { permissionsOfLocalUser } from './access-engine.ts';
import { runQuietly } from './methods/run-quietly.ts';

/** A local user whom `publisher_acl` lets in. */
export interface AdmittedUser {
  readonly user: string;
  readonly uid: number;
  readonly permissions: readonly Value[];
}

/**
 * The users of this machine whom `publisher_acl` names. Wildcards and regular expressions stand for the accounts that
 * the system knows when `verifies` (`client_acl_verify`).
 */
export async function admittedUsers(publisherAcl: Dict, verifies: boolean): Promise<readonly AdmittedUser[]> {
  if (publisherAcl.size === 0) return [];
  const literal = [...publisherAcl.keys()].map(pythonStr);
  const { stdout } = await runQuietly('getent', ['passwd', ...(verifies ? [] : ['--', ...literal])]);
  return stdout
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([user = '', , uid = '']) => /^[\w.@-]+\$?$/.test(user) && /^\d+$/.test(uid) && uid !== '0')
    .map(([user = '', , uid = '']) => ({
      ...{ user, uid: Number(uid), permissions: permissionsOfLocalUser(user, publisherAcl) },
    }))
    .filter(({ permissions }) => permissions.length > 0);
}
