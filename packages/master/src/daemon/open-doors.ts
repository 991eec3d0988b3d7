import { dirname } from 'node:path';
import { listenOnSideSocket, listenOnSocket, listenOnTcp, readNetapiListen } from '@brine/api';
import { controlSocketPath, loginSocketPath, userSocketPath, type Dict, type Logger } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { admittedUsers } from '../access/local-accounts.ts';
import { letThrough } from './let-through-store.ts';

type Surface = Parameters<typeof listenOnSocket>[0];

/** A way in beside the control socket, which the surface itself closes. */
export interface Door {
  /** Reads its certificate again; what it answers puts the new one into effect. */
  readonly prepareRenewal?: () => Promise<() => void>;
  close(): Promise<void>;
}

/** What doors are opened by. */
export interface DoorsOptions {
  readonly config: MasterConfig;
  /** The configuration under Salt's key names. */
  readonly options: Dict;
  readonly logger: Logger;
  /** Told of each door that is open, so that it can be closed also when the next one cannot be opened. */
  readonly onOpen: (door: Door) => void;
}

/** Opens the control socket and the HTTP API; answers the port of the last, if there is one. */
export async function openDoors(surface: Surface, options: DoorsOptions): Promise<number | undefined> {
  const { config, logger, onOpen } = options;
  await listenOnSocket(surface, controlSocketPath(config.sock_dir));
  const listen = readNetapiListen(options.options);
  if (listen === undefined) return undefined;
  const server = await listenOnTcp(surface, listen);
  onOpen(server);
  const { host, port, isEncrypted } = server;
  logger.info('http api listens', { host, port, isEncrypted });
  if (config.netapi_enable_clients.length === 0) {
    logger.warn('the http api refuses every client until netapi_enable_clients names some');
  }
  return port;
}

/** One socket for each local user whom `publisher_acl` names, and one for everybody who can log in by `external_auth`. */
export async function openSideDoors(
  surface: Surface,
  { config, logger, onOpen }: Omit<DoorsOptions, 'options'>,
): Promise<void> {
  const { sock_dir: folder, publisher_acl: acl } = config;
  const isRoot = process.getuid?.() === 0;
  if (acl.size > 0 && !isRoot) {
    logger.warn('publisher_acl needs a master that runs as root; local users have to log in by external_auth');
  }
  const sides = isRoot ? await admittedUsers(acl, config.client_acl_verify) : [];
  for (const { user, ...side } of sides) {
    onOpen(await listenOnSideSocket(surface, userSocketPath(folder, user), { user, ...side }));
  }
  const hasLogins = config.external_auth.size > 0;
  const path = loginSocketPath(folder);
  if (hasLogins) onOpen(await listenOnSideSocket(surface, path, 'everybody'));
  if (hasLogins || sides.length > 0) await letThrough(dirname(path), config.root_dir);
}
