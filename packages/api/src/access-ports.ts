import type { Dict, Target, Value } from '@brine/common';
import type { Caller, JudgedCaller } from './caller.ts';

/** What somebody logs in with. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** The login method: `file`, `ldap`, `pam`, `sharedsecret`. */
  readonly eauth: string;
}

/** `session`: of the HTTP API, 40 hex digits; `token`: of the master, 64; `key`: an API key. */
export type TokenKind = 'session' | 'token' | 'key';

/** A login that stands. */
export interface Login {
  readonly token: string;
  readonly user: string;
  readonly eauth: string;
  /** Everything that `external_auth` has for the user, for showing. */
  readonly permissions: readonly Value[];
  /** Milliseconds since the Unix epoch. */
  readonly start: number;
  readonly expire: number;
}

/** An API key as it is listed; the key itself is shown once, when it is made. */
export interface ApiKey {
  readonly name: string;
  readonly permissions: readonly Value[];
  readonly start: number;
  readonly expire?: number;
}

/** A call as it is judged. */
export interface JudgedCall {
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

/** Who callers are and what they may do; the one door to it. */
export interface AccessControl {
  /** Proves who somebody is. Throws `login-refused` (always after the same time) and `login-limited`. */
  login(
    credentials: Credentials,
    options: { readonly kind: 'session' | 'token'; readonly from: string; readonly expire?: number },
  ): Promise<Login>;
  /** As {@link AccessControl.login}, for one request. */
  authenticate(credentials: Credentials, from: string): Promise<JudgedCaller>;
  /**
   * Who a token of these kinds stands for; `undefined` when it is unknown, expired, revoked, or its user is gone, which is
   * recorded with the place it came from.
   */
  callerOf(token: string, kinds: readonly TokenKind[], from: string): Promise<JudgedCaller | undefined>;
  /** Ends a login or an API key at once; `false` when there is none. */
  revoke(token: string): Promise<boolean>;
  /** Throws `job-refused`. */
  judgeJob(call: JudgedCall & { readonly target: Target }, caller: Caller): void;
  /** The target as it stands for a caller who may not see everything in pillars. Throws `target-empty`. */
  targetFor(target: Target, caller: Caller): Target;
  /** Throws `access-refused`. */
  judgeSpecial(kind: 'runner' | 'wheel', call: JudgedCall, caller: Caller): void;
  /** Throws `access-refused` when a caller may not see secrets. */
  judgeSecrets(fun: string, caller: Caller): void;
  /** Makes an API key that may do what the permissions say. Throws `access-refused` when the name is taken. */
  createKey(key: {
    readonly name: string;
    readonly permissions: readonly Value[];
    readonly expire?: number;
  }): Promise<ApiKey & { readonly key: string }>;
  listKeys(): readonly ApiKey[];
  /** Ends an API key by its name; `false` when there is none. */
  revokeKey(name: string): Promise<boolean>;
  /** Ends all logins of a user; tells how many. */
  revokeLogins(user: string): Promise<number>;
}
