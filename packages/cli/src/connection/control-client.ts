import { request, type IncomingMessage } from 'node:http';
import {
  AppError,
  decodeValue,
  encodeValue,
  isAppError,
  isDict,
  toPlain,
  type Dict,
  type Logger,
  type Problem,
  type Value,
} from '@brine/common';
import { cliError } from '../errors.ts';
import { readItems } from './item-stream.ts';

/**
 * The master's control surface over its Unix socket. Methods throw `master-unreachable`, `master-lost` and
 * the master's own errors.
 */
export interface ControlClient {
  get(path: string): Promise<Value>;
  post(path: string, body: Value): Promise<Value>;
  /** The items of a stream, as they arrive. */
  stream(method: 'GET' | 'POST', path: string, body?: Value): AsyncIterable<Value>;
}

const contentType = 'application/x-msgpack';

/** How the master is reached. */
export interface ControlClientOptions {
  readonly socketPath: string;
  /** Says who asks; else the socket does. */
  readonly token?: string;
  readonly log: Logger;
}

/** A client of the master's socket; it connects with each call. */
export function createControlClient({ socketPath, token, log }: ControlClientOptions): ControlClient {
  async function call(method: string, path: string, body?: Value): Promise<Value> {
    return decodeValue(await readAll(await send({ socketPath, token, log, method, path, body })));
  }
  return {
    get: async (path) => call('GET', path),
    post: async (path, body) => call('POST', path, body),
    async *stream(method, path, body) {
      const response = await send({ socketPath, token, log, method, path, body });
      try {
        yield* readItems(response);
      } catch (cause) {
        if (isAppError(cause)) throw cause;
        throw cliError('master-lost', 'the connection to the master broke', { cause });
      }
    },
  };
}

interface Outgoing {
  readonly socketPath: string;
  readonly token: string | undefined;
  readonly log: Logger;
  readonly method: string;
  readonly path: string;
  readonly body: Value | undefined;
}

async function send({ socketPath, token, log, method, path, body }: Outgoing): Promise<IncomingMessage> {
  log.debug('asking the master', { socket: socketPath, method, path, isLoggedIn: token !== undefined });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const proof = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { accept: contentType, 'content-type': contentType, ...proof };
    const outgoing = request({ socketPath, method, path, headers, agent: false }, resolve);
    outgoing.once('error', (error) => reject(unreachable(socketPath, error)));
    outgoing.end(body === undefined ? undefined : encodeValue(body));
  });
  log.debug('the master answers', { path, status: response.statusCode });
  if (response.statusCode !== undefined && response.statusCode < 300) return response;
  throw errorOf(decodeValue(await readAll(response)));
}

async function readAll(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function unreachable(socketPath: string, cause: NodeJS.ErrnoException): AppError {
  const hint =
    cause.code === 'EACCES'
      ? 'only the user that the master runs as may use it; others log in with --auth, or are named in publisher_acl'
      : "is salt-master running, and is this its configuration folder ('-c')?";
  return cliError('master-unreachable', `cannot reach the master at ${socketPath}: ${hint}`, { cause, exitCode: 2 });
}

function errorOf(answer: Value): AppError {
  const error = isDict(answer) ? answer.get('error') : undefined;
  if (!isDict(error)) return cliError('master-answer', 'the master refused, but did not say why');
  const { code, message, exitCode, problems } = toPlain(error) as Record<string, unknown>;
  return new AppError({
    code: String(code),
    message: String(message),
    exitCode: typeof exitCode === 'number' ? exitCode : 1,
    problems: Array.isArray(problems) ? (problems as Problem[]) : [],
  });
}

/** A dict out of plain members; `undefined` ones are left out. */
export function bodyOf(members: Readonly<Record<string, Value | undefined>>): Dict {
  const given = Object.entries(members).filter((entry): entry is [string, Value] => entry[1] !== undefined);
  return new Map<Value, Value>(given);
}
