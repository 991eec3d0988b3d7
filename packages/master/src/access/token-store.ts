import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeValue, encodeValue, isDict, toPlain, toValue, type Logger, type Plain, type Value } from '@brine/common';
import type { TokenKind } from '@brine/api';
import { readTextFile, replaceFile } from '@brine/daemon';

/** What a token stands for. Times are milliseconds since the Unix epoch. */
export interface TokenRecord {
  readonly kind: TokenKind;
  /** The user, or the name of an API key. */
  readonly user: string;
  readonly eauth: string;
  readonly groups: readonly string[];
  readonly start: number;
  /** `Infinity` for never. */
  readonly expire: number;
  /** Permissions that go with the token instead of those of the configuration. */
  readonly permissions?: readonly Value[];
}

/** Tokens by their digests; the tokens themselves are nowhere. What a promise resolves for is on disk. */
export interface TokenStore {
  add(token: string, record: TokenRecord): Promise<void>;
  find(token: string): TokenRecord | undefined;
  remove(token: string): Promise<boolean>;
  /** Removes what `isMeant`; tells how many. */
  removeAll(isMeant: (record: TokenRecord) => boolean): Promise<number>;
  all(): readonly TokenRecord[];
}

/** Opens the folder of tokens (0700), a file each (0600) that bears the digest as its name. */
export async function openTokenStore(folder: string, now: number, logger: Logger): Promise<TokenStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const records = new Map<string, TokenRecord>();
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{64}$/.test(name)) continue;
    const record = await readRecord(join(folder, name), logger);
    if (record === undefined || record.expire <= now) await rm(join(folder, name), { force: true });
    else records.set(name, record);
  }
  const removeByDigest = async (digest: string): Promise<boolean> => {
    // From memory first: from here on nobody gets in with it.
    const wasThere = records.delete(digest);
    await rm(join(folder, digest), { force: true });
    return wasThere;
  };
  return {
    async add(token, record) {
      const digest = digestOf(token);
      await replaceFile(join(folder, digest), Buffer.from(encodeRecord(record)).toString('base64'), 0o600);
      records.set(digest, record);
    },
    find: (token) => records.get(digestOf(token)),
    remove: async (token) => removeByDigest(digestOf(token)),
    async removeAll(isMeant) {
      const digests = [...records].filter(([, record]) => isMeant(record)).map(([digest]) => digest);
      for (const digest of digests) await removeByDigest(digest);
      return digests.length;
    },
    all: () => [...records.values()],
  };
}

/** Looking a digest up tells nothing about tokens by its time: they have at least 160 random bits. */
function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function encodeRecord({ permissions, expire, ...record }: TokenRecord): Uint8Array {
  return encodeValue(
    toValue({
      ...record,
      expire: expire === Infinity ? null : expire,
      ...(permissions === undefined ? {} : { permissions }),
    } as Plain),
  );
}

async function readRecord(path: string, logger: Logger): Promise<TokenRecord | undefined> {
  try {
    const value = decodeValue(Buffer.from((await readTextFile(path)) ?? '', 'base64'));
    if (!isDict(value)) return undefined;
    const permissions = value.get('permissions');
    const plain = toPlain(value) as Omit<TokenRecord, 'expire'> & { readonly expire: number | null };
    const { kind, user, eauth, groups, start, expire } = plain;
    const record = { kind, user, eauth, groups, start, expire: expire ?? Infinity };
    return Array.isArray(permissions) ? { ...record, permissions } : record;
  } catch (error) {
    logger.warn('a stored token cannot be read and is dropped', { path, error });
    return undefined;
  }
}
