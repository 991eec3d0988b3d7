import { dirname } from 'node:path';
import { listenOnSideSocket, type SideSocket } from '@brine/api';
import { loginSocketPath, userSocketPath, type Logger } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { admittedUsers } from '../access/local-accounts.ts';
import { letThrough } from './let-through-store.ts';

/**
 * Opens sockets for those who are not the owner: one for each local user whom `publisher_acl` names, and one for
 * everybody who can log in by `external_auth`. Answers how to close them.
 */
export async function openSideDoors(
  surface: Parameters<typeof listenOnSideSocket>[0],
  config: MasterConfig,
  logger: Logger,
): Promise<() => Promise<void>> {
  const open: SideSocket[] = [];
  const isRoot = process.getuid?.() === 0;
  if (config.publisher_acl.size > 0 && !isRoot) {
    logger.warn('publisher_acl needs a master that runs as root; local users have to log in by external_auth');
  }
  if (isRoot) {
    for (const { user, uid, permissions } of await admittedUsers(config.publisher_acl, config.client_acl_verify)) {
      const path = userSocketPath(config.sock_dir, user);
      open.push(await listenOnSideSocket(surface, path, { user, uid, permissions }));
    }
  }
  if (config.external_auth.size > 0) {
    open.push(await listenOnSideSocket(surface, loginSocketPath(config.sock_dir), 'everybody'));
  }
  const [first] = open;
  if (first !== undefined) await letThrough(dirname(first.path), config.root_dir);
  return async () => {
    await Promise.all(open.map(async ({ close }) => close()));
  };
}
