import { join } from 'node:path';
import type { Clock, Dict, Logger } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import type { AccessControl, Caller } from '@brine/api';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import { createAccessControl } from './access-control.ts';
import { createAccessEngine, type AccessEngine, type Decision } from './access-engine.ts';
import { openAuditLog, type AuditLog } from './audit-log-store.ts';
import { createLoginDesk } from './login-desk.ts';
import { createLoginMethods } from './methods/create-methods.ts';
import { openTokenStore } from './token-store.ts';

/** What access is opened with. */
export interface OpenAccessOptions {
  readonly config: MasterConfig;
  /** The configuration under Salt's key names. */
  readonly options: Dict;
  readonly directory: MinionDirectory;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The policy of a running master. */
export interface Access {
  readonly engine: AccessEngine;
  readonly control: AccessControl;
  close(): Promise<void>;
}

/** Opens tokens and audit log and puts the policy together, by the master's configuration. */
export async function openAccess({ config, options, directory, clock, logger }: OpenAccessOptions): Promise<Access> {
  const audit = await openAuditLog(config.audit_log, clock, logger);
  const engine = createAccessEngine({
    ...{ directory, nodegroups: config.nodegroups, publisherAcl: config.publisher_acl, sudoAcl: config.sudo_acl },
    blacklist: config.publisher_acl_blacklist,
    onDecision: (decision) => recordDecision(decision, audit),
  });
  const methods = createLoginMethods({ externalAuth: config.external_auth, options, logger });
  const control = createAccessControl({
    ...{ engine, audit, clock, settings: config, externalAuth: config.external_auth },
    desk: createLoginDesk({ methods, clock }),
    tokens: await openTokenStore(join(config.cachedir, 'tokens'), clock.now(), logger),
  });
  return { engine, control, close: async () => audit.close() };
}

function recordDecision({ caller, kind, fun, isAllowed, target }: Decision, audit: AuditLog): void {
  audit.record({
    ...{ what: kind, user: caller.user, via: caller.via, ...eauthOf(caller), allowed: isAllowed },
    fun: fun.slice(0, 1000),
    ...(target === undefined ? {} : { target: `${target.type}:${target.expression}`.slice(0, 1000) }),
  });
}

function eauthOf(caller: Caller): { readonly eauth?: string } {
  return 'eauth' in caller && caller.eauth !== undefined ? { eauth: caller.eauth } : {};
}
