import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Clock, type MinionId } from '@brine/common';
import type { CreatedToken, JoinToken } from '@brine/api';
import { readTextFile, replaceFile, syncFolder } from '@brine/daemon';
import { z } from 'zod';
import { compileKeyMatch } from './key-match.ts';

/** Join tokens: each lets one new key in by itself, once, for ids of a pattern and until its time is over. */
export interface JoinTokens {
  /** Makes a token. The text is told here only: what is kept is its hash. */
  create(wish: { readonly match: string; readonly milliseconds: number }): Promise<CreatedToken>;
  /** Sorted by the time they expire; used and expired ones too, until they are revoked or long past. */
  list(): Promise<readonly JoinToken[]>;
  /** Tells which token was revoked. Throws `token-unknown`. */
  revoke(name: string): Promise<JoinToken>;
  /** `good`: the token lets this key in and is durably used up, except for the very same key and id. Else why it does not. */
  redeem(text: string, key: { readonly id: MinionId; readonly fingerprint: string }): Promise<TokenVerdict>;
}

/** What a token is to a key; only who has its secret learns more of it than that it is unknown. */
export type TokenVerdict = 'good' | 'unknown' | 'used' | 'expired' | 'for other ids';

const TokenFile = z.object({
  name: z.string(),
  /** SHA-256 of the secret part, in hex. */
  hash: z.string(),
  match: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
  usedBy: z.object({ id: z.string(), fingerprint: z.string(), at: z.number() }).exactOptional(),
});
type TokenFile = z.infer<typeof TokenFile>;

/** How long a token that is over is still listed. */
const remembranceMilliseconds = 7 * 86_400_000;
const namePattern = /^[a-z0-9]{8}$/;

/**
 * Opens the tokens in `pkiDirectory` (`join_tokens`, one file each, 0600). A token carries the fingerprint of the master's
 * key, so that a minion shows it to no other.
 */
export function openJoinTokens(options: {
  readonly pkiDirectory: string;
  readonly clock: Clock;
  readonly masterFingerprint: () => string;
}): JoinTokens {
  const { clock, pkiDirectory } = options;
  const folder = join(pkiDirectory, 'join_tokens');
  const write = async (token: TokenFile): Promise<void> =>
    replaceFile(join(folder, token.name), `${JSON.stringify(token)}\n`, 0o600);
  const remove = async (name: string): Promise<void> => {
    await rm(join(folder, name), { force: true });
    await syncFolder(folder);
  };

  return {
    async create({ match, milliseconds }) {
      for (const { name, expiresAt } of await readTokens(folder)) {
        if (expiresAt + remembranceMilliseconds < clock.now()) await remove(name);
      }
      const secret = randomBytes(32).toString('base64url');
      const name = randomBytes(4).toString('hex');
      const createdAt = clock.now();
      const token = { name, hash: hashOf(secret), match, createdAt, expiresAt: createdAt + milliseconds };
      await write(token);
      const pin = options.masterFingerprint().replaceAll(':', '');
      return { ...toListed(token, createdAt), token: `${name}.${secret}.${pin}` };
    },
    list: async () => (await readTokens(folder)).map((token) => toListed(token, clock.now())),
    async revoke(name) {
      const token = namePattern.test(name) ? await readToken(folder, name) : undefined;
      if (token === undefined)
        throw new AppError({ code: 'token-unknown', message: `there is no join token '${name}'` });
      await remove(name);
      return toListed(token, clock.now());
    },
    async redeem(text, { id, fingerprint }) {
      const [name = '', secret = ''] = text.trim().split('.');
      const token = namePattern.test(name) ? await readToken(folder, name) : undefined;
      if (token === undefined || !isEqual(token.hash, hashOf(secret))) return 'unknown';
      if (token.usedBy !== undefined)
        return token.usedBy.id === id && token.usedBy.fingerprint === fingerprint ? 'good' : 'used';
      if (clock.now() >= token.expiresAt) return 'expired';
      if (!compileKeyMatch(token.match)(id)) return 'for other ids';
      await write({ ...token, usedBy: { id, fingerprint, at: clock.now() } });
      return 'good';
    },
  };
}

async function readTokens(folder: string): Promise<readonly TokenFile[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = (await readdir(folder)).filter((name) => namePattern.test(name));
  const found = await Promise.all(names.map(async (name) => readToken(folder, name)));
  const tokens = found.filter((token) => token !== undefined);
  return tokens.toSorted((a, b) => a.expiresAt - b.expiresAt || (a.name < b.name ? -1 : 1));
}

async function readToken(folder: string, name: string): Promise<TokenFile | undefined> {
  const text = await readTextFile(join(folder, name));
  if (text === undefined) return undefined;
  const parsed = TokenFile.safeParse(parseJson(text));
  // A file that somebody broke lets nobody in, and must not keep the others from working.
  return parsed.success && parsed.data.name === name ? parsed.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toListed({ name, match, createdAt, expiresAt, usedBy }: TokenFile, now: number): JoinToken {
  const status = usedBy === undefined ? (now >= expiresAt ? 'expired' : 'open') : 'used';
  return { name, match, status, createdAt, expiresAt, ...(usedBy === undefined ? {} : { usedBy: usedBy.id }) };
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
