import { posix } from 'node:path';
import { decodeValue, encodeValue, isDict, pythonStr } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import type { ServerAnswer } from '../../providers/http/ask-server.ts';
import type { ServerRequest } from '../../providers/http/open-server.ts';
import { readText, writeText } from '../text-file.ts';
import { isSentTo, readCookie, readJar, writeJar, type Cookie } from './cookie-jar.ts';
import type { Query } from './query.ts';

interface Asking {
  readonly request: ServerRequest;
  readonly context: FunctionContext;
}

/** The request with the cookies that are kept for its address. */
export async function withCookies(args: Query, url: URL, { request, context }: Asking): Promise<ServerRequest> {
  const lasting = asksForCookies(args) ? await readLasting(args, context) : [];
  const kept = lasting.filter((cookie) => isSentTo(cookie, url)).map(({ name, value }) => `${name}=${value}`);
  const all = [...kept, ...(args.persist_session ? await readSession(args, context) : [])];
  const headers = new Headers(request.headers);
  if (all.length > 0 && !headers.has('cookie')) headers.set('cookie', all.join('; '));
  return { ...request, headers };
}

/** Keeps the cookies that came: those with an end in the jar, all of them for the session. */
export async function keepCookies(args: Query, answer: ServerAnswer, context: FunctionContext): Promise<void> {
  const came = answer.headers.getSetCookie().flatMap((line) => readCookie(line, answer.place));
  if (asksForCookies(args)) {
    const isReplaced = (old: Cookie): boolean =>
      came.some(({ name, domain, path }) => name === old.name && domain === old.domain && path === old.path);
    const others = (await readLasting(args, context)).filter((cookie) => !isReplaced(cookie));
    const jar = [...others, ...came].filter(({ expires }) => expires !== undefined && expires * 1000 > Date.now());
    await writeText(context.host, lastingJar(args, context), writeJar(jar, args.cookie_format), { mode: 0o600 });
  }
  if (args.persist_session && came.length > 0) {
    const pairs = came.map(({ name, value }) => `${name}=${value}`).join('; ');
    const content = encodeValue(new Map([['Cookie', pairs]]));
    await context.host.files.write(sessionJar(args, context), content, { mode: 0o600 });
  }
}

/** In Salt whatever is given for `cookies` asks for them. */
function asksForCookies({ cookies }: Query): boolean {
  return cookies !== undefined && cookies !== false && cookies !== null;
}

async function readLasting(args: Query, context: FunctionContext): Promise<readonly Cookie[]> {
  return readJar((await readText(context.host, lastingJar(args, context))) ?? '');
}

function lastingJar({ cookie_jar: jar }: Query, context: FunctionContext): string {
  return jar ?? posix.join(cacheFolder(context), 'cookies.txt');
}

function sessionJar({ session_cookie_jar: jar }: Query, context: FunctionContext): string {
  return jar ?? posix.join(cacheFolder(context), 'cookies.session.p');
}

function cacheFolder({ options }: FunctionContext): string {
  return pythonStr(options.get('cachedir') ?? '/var/cache/salt/minion');
}

const attributes = /^(?:path|domain|expires|max-age|samesite|httponly|secure|version)$/i;

/** What Salt keeps there is the header of the answer, with all that stands beside the cookie. */
async function readSession(args: Query, { host, ...context }: FunctionContext): Promise<readonly string[]> {
  const content = await host.files.read(sessionJar(args, { host, ...context }));
  if (content === undefined || content.length === 0) return [];
  const kept = decodeValue(content);
  const header = isDict(kept) ? pythonStr(kept.get('Cookie') ?? '') : '';
  return header
    .split(/;\s*/)
    .filter((pair) => pair.includes('=') && !attributes.test(pair.split('=')[0] ?? '') && !/[\r\n]/.test(pair));
}
