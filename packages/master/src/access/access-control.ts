import { randomBytes } from 'node:crypto';
import { AppError, isDict, type Clock, type Dict, type Value } from '@brine/common';
import type { AccessControl, Credentials, JudgedCaller, Login, TokenKind } from '@brine/api';
import type { AccessEngine } from './access-engine.ts';
import type { AuditLog } from './audit-log-store.ts';
import { permissionsOf, shownPermissions } from './external-permissions.ts';
import type { LoginDesk } from './login-desk.ts';
import { createRefusedTokens, type TokenRefusal } from './refused-tokens.ts';
import type { TokenRecord, TokenStore } from './token-store.ts';

/** What access is controlled with. */
export interface AccessControlOptions {
  readonly engine: AccessEngine;
  readonly desk: LoginDesk;
  readonly tokens: TokenStore;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** `external_auth` */
  readonly externalAuth: Dict;
  readonly settings: AccessSettings;
}

/** The keys of the configuration that say how long logins last and what they hold. */
export interface AccessSettings {
  readonly permissive_acl: boolean;
  /** Seconds. */
  readonly token_expire: number;
  readonly token_expire_user_override: boolean | Dict;
  readonly keep_acl_in_token: boolean;
}

/** Random bytes of each kind; Salt's clients know sessions by 40 and tokens by 64 hex digits. */
const bytesOf = { session: 20, token: 32, key: 32 } as const;

/** What API keys begin with, so that they are known for what they are where they turn up. */
const keyPrefix = 'brine_';

/** Puts who callers are together with what they may do. */
export function createAccessControl(options: AccessControlOptions): AccessControl {
  const { engine, desk, tokens, audit, clock } = options;
  const refusedTokens = createRefusedTokens(audit, clock);
  return {
    judgeJob: (call, caller) => engine.judgeJob(call, caller),
    targetFor: (target, caller) => engine.targetFor(target, caller),
    judgeSpecial: (kind, call, caller) => engine.judgeSpecial(kind, call, caller),
    judgeSecrets: (fun, caller) => engine.judgeSecrets(fun, caller),
    login: async (credentials, terms) => login(credentials, terms, options),
    async authenticate(credentials, from) {
      const { groups } = await prove(credentials, from, options);
      return externalCaller({ user: credentials.username, eauth: credentials.eauth, groups }, options);
    },
    callerOf: async (token, kinds, from) => {
      const found = await callerOf(token, kinds, options);
      if ('permissions' in found) return found;
      refusedTokens({ ...found, from });
      return undefined;
    },
    async revoke(token) {
      const record = tokens.find(token);
      if (record !== undefined) {
        audit.record({ what: 'logout', user: record.user, via: record.kind, eauth: record.eauth, allowed: true });
      }
      return tokens.remove(token);
    },
    ...keyMethods(options),
    revokeLogins: async (user) => {
      desk.forget(user);
      return tokens.removeAll((record) => record.kind !== 'key' && record.user === user);
    },
  };
}

async function prove(
  credentials: Credentials,
  from: string,
  { desk, audit }: AccessControlOptions,
): Promise<{ readonly groups: readonly string[] }> {
  const entry = { what: 'login', user: credentials.username.slice(0, 200), via: 'external', from };
  const facts = { ...entry, eauth: credentials.eauth.slice(0, 50) };
  try {
    const proven = await desk.prove(credentials, from);
    audit.record({ ...facts, allowed: true });
    return proven;
  } catch (error) {
    audit.record({ ...facts, allowed: false });
    throw error;
  }
}

async function login(
  credentials: Credentials,
  { kind, from, expire }: Parameters<AccessControl['login']>[1],
  options: AccessControlOptions,
): Promise<Login> {
  const { groups } = await prove(credentials, from, options);
  const { tokens, clock, settings, externalAuth } = options;
  const { username: user, eauth } = credentials;
  const start = clock.now();
  const seconds = mayChooseExpire(credentials, settings) && expire !== undefined ? expire : settings.token_expire;
  const token = randomBytes(bytesOf[kind]).toString('hex');
  const record: TokenRecord = { kind, user, eauth, groups, start, expire: start + seconds * 1000 };
  const kept = settings.keep_acl_in_token ? { permissions: externalCaller(record, options).permissions } : {};
  await tokens.add(token, { ...record, ...kept });
  const permissions = shownPermissions(methodEntries(externalAuth, eauth), user, groups);
  return { token, user, eauth, permissions, start, expire: record.expire };
}

function mayChooseExpire({ username, eauth }: Credentials, settings: AccessSettings): boolean {
  const override = settings.token_expire_user_override;
  if (!isDict(override)) return override;
  const users = override.get(eauth);
  return Array.isArray(users) && users.includes(username);
}

async function callerOf(
  token: string,
  kinds: readonly TokenKind[],
  options: AccessControlOptions,
): Promise<JudgedCaller | Omit<TokenRefusal, 'from'>> {
  const { tokens, clock, desk, externalAuth } = options;
  const record = tokens.find(token);
  if (record === undefined) return { reason: 'unknown' };
  if (!kinds.includes(record.kind)) return { reason: 'another kind', record };
  if (clock.now() >= record.expire) {
    await tokens.remove(token);
    return { reason: 'expired', record };
  }
  if (record.kind === 'key') return { via: 'key', user: record.user, permissions: record.permissions ?? [] };
  if (!externalAuth.has(record.eauth) || !(await desk.isStillGood(record.user, record.eauth))) {
    return { reason: 'user gone', record };
  }
  // It may have been revoked while its user was looked up.
  return tokens.find(token) === undefined ? { reason: 'unknown', record } : externalCaller(record, options);
}

function externalCaller(
  record: Pick<TokenRecord, 'user' | 'eauth' | 'groups' | 'permissions'>,
  { externalAuth, settings }: AccessControlOptions,
): JudgedCaller {
  const { user, eauth, groups } = record;
  const entries = methodEntries(externalAuth, eauth);
  const permissions = record.permissions ?? permissionsOf(entries, { user, groups }, settings.permissive_acl);
  return { via: 'external', user, eauth, permissions };
}

function methodEntries(externalAuth: Dict, eauth: string): Dict {
  const entries = externalAuth.get(eauth);
  return isDict(entries) ? entries : new Map<Value, Value>();
}

type KeyMethods = Pick<AccessControl, 'createKey' | 'listKeys' | 'revokeKey'>;

function keyMethods({ tokens, clock }: AccessControlOptions): KeyMethods {
  const live = (): readonly TokenRecord[] =>
    tokens.all().filter(({ kind, expire }) => kind === 'key' && expire > clock.now());
  return {
    async createKey({ name, permissions, expire }) {
      if (live().some(({ user }) => user === name)) {
        throw new AppError({
          code: 'access-refused',
          message: `there is an API key '${name}' already; revoke it first`,
        });
      }
      const key = `${keyPrefix}${randomBytes(bytesOf.key).toString('hex')}`;
      const start = clock.now();
      const record = { kind: 'key', user: name, eauth: '', groups: [], start, permissions } as const;
      await tokens.add(key, { ...record, expire: expire ?? Infinity });
      return { key, name, permissions, start, ...(expire === undefined ? {} : { expire }) };
    },
    listKeys: () =>
      live()
        .map(({ user, permissions, start, expire }) => ({
          ...{ name: user, permissions: permissions ?? [], start },
          ...(expire === Infinity ? {} : { expire }),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    revokeKey: async (name) => (await tokens.removeAll(({ kind, user }) => kind === 'key' && user === name)) > 0,
  };
}
