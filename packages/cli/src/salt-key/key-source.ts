import { isAppError, toPlain, type Value } from '@brine/common';
import { bodyOf, type ControlClient } from '../connection/control-client.ts';
import { readKeys, type KeyState, type ListedKey } from './key-lists.ts';

/** Keys of a master, running or straight from its files. */
export interface Keys {
  list(match?: string): Promise<readonly ListedKey[]>;
  change(change: KeyChange): Promise<readonly ListedKey[]>;
  master(): Promise<{ readonly fingerprint: string; readonly publicKey: string }>;
  deleted(): Promise<readonly ListedKey[]>;
  restore(match: string): Promise<readonly ListedKey[]>;
  createToken(wish: {
    readonly match: string;
    readonly milliseconds: number;
  }): Promise<ListedToken & { readonly token: string }>;
  tokens(): Promise<readonly ListedToken[]>;
  revokeToken(name: string): Promise<ListedToken>;
  rotateMaster(): Promise<{ readonly from: string; readonly fingerprint: string }>;
  rotateMinions(match: string): Promise<readonly RotationAnswer[]>;
}

/** A join token as the control surface answers it. */
export interface ListedToken {
  readonly name: string;
  readonly match: string;
  readonly status: string;
  readonly expiresAt: number;
  readonly usedBy?: string;
}

/** How a minion took the wish for a new key. */
export interface RotationAnswer {
  readonly id: string;
  readonly status: string;
  readonly fingerprint?: string;
}

/** What to do with which keys. */
export interface KeyChange {
  readonly action: 'accept' | 'reject' | 'delete';
  readonly match: string;
  readonly from: readonly KeyState[];
}

/** The keys of the master that runs, or else of its files. */
export async function openKeys(client: ControlClient, openOffline: () => Promise<Keys>): Promise<Keys> {
  try {
    await client.get('/v1/status');
  } catch (error) {
    if (!isAppError(error, 'master-unreachable')) throw error;
    return openOffline();
  }
  return keysOf(client);
}

function keysOf(client: ControlClient): Keys {
  const get = async <Answer>(route: string): Promise<Answer> => plain<Answer>(await client.get(route));
  const post = async <Answer>(route: string, body: Readonly<Record<string, Value>>): Promise<Answer> =>
    plain<Answer>(await client.post(route, bodyOf(body)));
  return {
    list: async (match) =>
      readKeys(await client.get(match === undefined ? '/v1/keys' : `/v1/keys?match=${encodeURIComponent(match)}`)),
    change: async ({ action, match, from }) =>
      readKeys(await client.post('/v1/keys', bodyOf({ action, match, from: [...from] }))),
    master: async () => get('/v1/keys/master'),
    deleted: async () => readKeys(await client.get('/v1/keys/deleted')),
    restore: async (match) => readKeys(await client.post('/v1/keys/restore', bodyOf({ match }))),
    createToken: async (wish) => post('/v1/keys/tokens', { ...wish }),
    tokens: async () => (await get<{ readonly tokens: readonly ListedToken[] }>('/v1/keys/tokens')).tokens,
    revokeToken: async (name) => post('/v1/keys/tokens/revoke', { name }),
    rotateMaster: async () => post('/v1/keys/rotate-master', {}),
    rotateMinions: async (match) =>
      (await post<{ readonly minions: readonly RotationAnswer[] }>('/v1/keys/rotate', { match })).minions,
  };
}

/** The control surface is of the same version: what it answers has the form that its ports say. */
function plain<Answer>(answer: Value): Answer {
  return toPlain(answer) as Answer;
}
