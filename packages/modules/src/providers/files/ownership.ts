import { AppError, type Plain } from '@brine/common';
import { formatMode, type Attributes, type FileStat, type ReadHost } from '../../kit/index.ts';

/** Owner, group and permission bits as a state asks for them. */
export interface Ownership {
  readonly user?: string | number | undefined;
  readonly group?: string | number | undefined;
  readonly mode?: number | undefined;
}

/** What of an ownership a path lacks, in the shape of a return's changes. */
export type OwnershipChanges = { readonly [key in 'user' | 'group' | 'mode']?: Plain };

/** The number of an account named or numbered; `undefined` when there is no such account. */
export async function uidOf(host: ReadHost, user: string | number): Promise<number | undefined> {
  if (typeof user === 'number') return user;
  return (await host.account(user))?.uid ?? (/^\d+$/.test(user) ? Number(user) : undefined);
}

/** The number of a group named or numbered; `undefined` when there is no such group. */
export async function gidOf(host: ReadHost, group: string | number): Promise<number | undefined> {
  if (typeof group === 'number') return group;
  return (await host.group(group))?.gid ?? (/^\d+$/.test(group) ? Number(group) : undefined);
}

/** What differs between a path and what is wanted of it. An account that does not exist yet counts as different. */
export async function ownershipChanges(
  host: ReadHost,
  stat: Pick<FileStat, 'uid' | 'gid' | 'mode' | 'kind'>,
  wanted: Ownership,
): Promise<OwnershipChanges> {
  const isOwner = wanted.user === undefined || (await uidOf(host, wanted.user)) === stat.uid;
  const isGroup = wanted.group === undefined || (await gidOf(host, wanted.group)) === stat.gid;
  const isMode = wanted.mode === undefined || wanted.mode === stat.mode || stat.kind === 'symlink';
  return {
    ...(isOwner ? {} : { user: wanted.user }),
    ...(isGroup ? {} : { group: wanted.group }),
    ...(isMode ? {} : { mode: formatMode(wanted.mode ?? 0) }),
  };
}

/**
 * The numbers behind an ownership, for the file ports.
 * Throws `host-account` when an account does not exist; a check lets that pass, for an earlier step may make it.
 */
export async function toAttributes(host: ReadHost, wanted: Ownership): Promise<Attributes> {
  const uid = wanted.user === undefined ? undefined : await uidOf(host, wanted.user);
  const gid = wanted.group === undefined ? undefined : await gidOf(host, wanted.group);
  const complaint =
    (wanted.user !== undefined && uid === undefined ? `User ${wanted.user} is not available ` : '') +
    (wanted.group !== undefined && gid === undefined ? `Group ${wanted.group} is not available` : '');
  if (complaint !== '') throw new AppError({ code: 'host-account', message: complaint });
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(wanted.mode === undefined ? {} : { mode: wanted.mode }),
  };
}
