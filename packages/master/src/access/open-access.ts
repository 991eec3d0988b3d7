import { join } from 'node:path';
import type { Clock, Dict, Failpoints, Logger } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import type { AccessControl, Caller } from '@brine/api';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import { guard } from '../daemon/failpoints.ts';
import { createExchangeable } from '../daemon/exchangeable.ts';
import type { Reloadable } from '../daemon/reload-master.ts';
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
  /** Where fault tests strike. */
  readonly failpoints: Failpoints;
}

/** The policy of a running master. */
export interface Access {
  readonly engine: AccessEngine;
  readonly control: AccessControl;
  /** Takes over another configuration. Throws what is wrong with it. */
  readonly reloadable: Reloadable;
  close(): Promise<void>;
}

const keys = [
  ...['publisher_acl', 'publisher_acl_blacklist', 'sudo_acl', 'external_auth', 'nodegroups', 'permissive_acl'],
  ...['token_expire', 'token_expire_user_override', 'keep_acl_in_token'],
];

/** Opens tokens and audit log and puts the policy together, by the master's configuration. */
export async function openAccess({
  config,
  options,
  directory,
  clock,
  logger,
  failpoints,
}: OpenAccessOptions): Promise<Access> {
  const audit = await openAuditLog(config.audit_log, clock, logger);
  const opened = await openTokenStore(join(config.cachedir, 'tokens'), clock.now(), logger);
  const tokens = guard('access-tokens', opened, failpoints);
  const create = (by: MasterConfig): Pick<Access, 'engine' | 'control'> => {
    const engine = createAccessEngine({
      ...{ directory, nodegroups: by.nodegroups, publisherAcl: by.publisher_acl, sudoAcl: by.sudo_acl },
      blacklist: by.publisher_acl_blacklist,
      onDecision: (decision) => recordDecision(decision, audit),
    });
    const methods = createLoginMethods({ externalAuth: by.external_auth, options, logger });
    const desk = createLoginDesk({ methods, clock });
    const control = createAccessControl({
      ...{ engine, audit, clock, tokens, desk, settings: by, externalAuth: by.external_auth },
    });
    return { engine, control };
  };
  const first = create(config);
  const [engine, control] = [createExchangeable(first.engine), createExchangeable(first.control)];
  return {
    ...{ engine: engine.port, control: control.port },
    reloadable: {
      keys,
      prepare(next) {
        const made = create(next);
        return () => {
          engine.exchange(made.engine);
          control.exchange(made.control);
        };
      },
    },
    close: async () => audit.close(),
  };
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
