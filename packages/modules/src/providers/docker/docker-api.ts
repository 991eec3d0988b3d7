import { createReadStream } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { AppError, longestTimeout, pythonStr, type Dict, type Value } from '@brine/common';
import { limitFor } from '../../host/limiting-host.ts';

/** What a daemon answers, read from JSON. */
export type DockerAnswer = Readonly<Record<string, unknown>>;

/** Looking at a Docker daemon. All throw `state-failed` when it refuses or cannot be reached. */
export interface DockerReader {
  /** `undefined` for what does not exist (404). */
  get(path: string): Promise<unknown>;
}

/** Changing what a Docker daemon has. */
export interface DockerWriter extends DockerReader {
  /** The answer read from JSON: the last line of one that comes in lines; `undefined` for an empty one. */
  post(
    path: string,
    body?: unknown,
    request?: { readonly headers?: Readonly<Record<string, string>> },
  ): Promise<unknown>;
  /** As `post`, for an answer that is not JSON: what a command in a container writes. */
  postForBytes(path: string, body: unknown): Promise<Buffer>;
  /** Sends a file as the body. */
  upload(path: string, file: string): Promise<unknown>;
  /** Every line of an answer that comes in lines, as an image that is pulled does. */
  stream(path: string, headers?: Readonly<Record<string, string>>): Promise<readonly DockerAnswer[]>;
  remove(path: string): Promise<unknown>;
  /** An answer that is not JSON, e.g. a log. */
  fetchBytes(path: string): Promise<Buffer>;
}

interface Surroundings {
  readonly options: Dict;
  readonly pillar: Dict;
  readonly host: { environment(name: string): string | undefined };
  readonly signal: AbortSignal;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: string | { readonly file: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** The daemon that `docker.url` of pillar or configuration names, else `DOCKER_HOST`, else the local socket. */
export function connectDocker(surroundings: Surroundings): DockerWriter {
  const { options, pillar, host, signal } = surroundings;
  const named = pillar.get('docker.url') ?? options.get('docker.url') ?? host.environment('DOCKER_HOST');
  const patience = readPatience(pillar.get('docker.timeout') ?? options.get('docker.timeout'), options);
  const target = toTarget(named === undefined || named === null ? 'unix:///var/run/docker.sock' : pythonStr(named));
  const call = (one: Call): Promise<Buffer> => send(target, one, { patience, signal });
  return {
    get: async (path) => {
      try {
        return readJson(await call({ method: 'GET', path }));
      } catch (caught) {
        if (caught instanceof AppError && caught.details?.['status'] === 404) return undefined;
        throw caught;
      }
    },
    post: async (path, body, { headers = {} } = {}) =>
      readJson(
        await call({
          method: 'POST',
          path,
          headers: { 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      ),
    postForBytes: (path, body) =>
      call({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    upload: async (path, file) =>
      readLines(
        await call({ method: 'POST', path, headers: { 'content-type': 'application/x-tar' }, body: { file } }),
      ).at(-1),
    stream: async (path, headers = {}) => readLines(await call({ method: 'POST', path, headers })),
    remove: async (path) => readJson(await call({ method: 'DELETE', path })),
    fetchBytes: (path) => call({ method: 'GET', path }),
  };
}

function toTarget(url: string): RequestOptions {
  const socket = /^(?:http\+)?unix:\/\/(\/?.*)$/.exec(url)?.[1];
  if (socket !== undefined) return { socketPath: socket.startsWith('/') ? socket : `/${socket}` };
  const [, host, port = '2375'] = /^(?:tcp|http):\/\/([^:/]+)(?::(\d+))?\/?$/.exec(url) ?? [];
  if (host === undefined)
    throw new AppError({ code: 'state-failed', message: `docker.url ${url} is no address of a Docker daemon` });
  return { host, port };
}

/** How long a daemon is waited for, in milliseconds. */
interface Patience {
  /** How long it may be silent; for changes longer, for it may first have to do its work. */
  readonly silence: { readonly looking: number; readonly changing: number };
  /** Until all of an answer must be here. */
  readonly whole: number | undefined;
}

function readPatience(timeout: Value | undefined, options: Dict): Patience {
  const seconds = timeout === undefined || timeout === null ? Number.NaN : Number(pythonStr(timeout));
  const own = seconds > 0 ? Math.min(seconds * 1000, longestTimeout) : undefined;
  return { silence: { looking: own ?? 60_000, changing: own ?? 600_000 }, whole: limitFor('docker', options) };
}

/** Bytes of an answer: it is held in memory whole. */
const largestAnswer = 256 * 1024 * 1024;

async function send(
  target: RequestOptions,
  { method, path, body, headers = {} }: Call,
  { patience, signal }: { readonly patience: Patience; readonly signal: AbortSignal },
): Promise<Buffer> {
  const { silence, whole } = patience;
  const timeout = method === 'GET' ? silence.looking : silence.changing;
  const limit = whole === undefined ? undefined : AbortSignal.timeout(whole);
  const ending = limit === undefined ? signal : AbortSignal.any([signal, limit]);
  try {
    signal.throwIfAborted();
    const { status, content } = await exchange({ ...target, method, path, headers, signal: ending, timeout }, body);
    if (status < 400) return content;
    throw refusal(status, content);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    const late = limit?.aborted === true ? `it did not answer within ${Number(whole) / 1000} seconds` : undefined;
    const reason = late ?? (error instanceof Error ? error.message : String(error));
    throw new AppError({
      code: 'state-failed',
      message: `The Docker daemon cannot be reached: ${reason}`,
      details: { isSilent: isSilence(error) },
      cause: error,
    });
  }
}

const silent = 'ERR_DOCKER_SILENT';

function isSilence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === silent;
}

function exchange(
  options: RequestOptions,
  body: Call['body'],
): Promise<{ readonly status: number; readonly content: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(options, (response) => {
      collect(response).then((content) => resolve({ status: response.statusCode ?? 0, content }), reject);
    });
    request.on('timeout', () => {
      const words = `it was silent for ${Number(options.timeout) / 1000} seconds`;
      const reason = Object.assign(new Error(words), { code: silent });
      reject(reason);
      request.destroy(reason);
    });
    request.on('error', reject);
    if (body === undefined || typeof body === 'string') request.end(body);
    else
      createReadStream(body.file)
        .on('error', (error) => request.destroy(error))
        .pipe(request);
  });
}

async function collect(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > largestAnswer) throw new Error(`it answers with more than ${largestAnswer} bytes`);
  }
  return Buffer.concat(chunks);
}

function refusal(status: number, content: Buffer): AppError {
  let said = content.toString('utf8').trim();
  try {
    const message = memberAt(JSON.parse(said), 'message');
    if (typeof message === 'string') said = message;
  } catch {
    // Proxies before a daemon answer plain text.
  }
  return new AppError({
    code: 'state-failed',
    message: said === '' ? `Error ${status}` : `Error ${status}: ${said}`,
    details: { status },
  });
}

function readJson(content: Buffer): unknown {
  return content.length === 0 ? undefined : readLines(content).at(-1);
}

function readLines(content: Buffer): readonly DockerAnswer[] {
  const lines = content
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const answers = lines.map(readLine);
  const failed = answers.find((answer) => typeof answer === 'object' && answer !== null && 'error' in answer);
  if (failed !== undefined) throw new AppError({ code: 'state-failed', message: tell(failed['error']) });
  return answers;
}

function readLine(line: string): DockerAnswer {
  try {
    return JSON.parse(line) as DockerAnswer;
  } catch (cause) {
    throw new AppError({ code: 'state-failed', message: 'The Docker daemon answers what is no JSON', cause });
  }
}

/** A member of an answer by its path of keys. */
export function memberAt(answer: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as DockerAnswer)[key] : undefined),
    answer,
  );
}

/** A text in an answer by its path of keys; throws `state-failed` when the answer has none there. */
export function textAt(answer: unknown, ...path: readonly string[]): string {
  const found = memberAt(answer, ...path);
  if (typeof found === 'string') return found;
  throw strange(`no ${path.join('.')}`);
}

/** The texts of a list in an answer; none when there is no such list. */
export function textsAt(answer: unknown, ...path: readonly string[]): readonly string[] {
  const found = memberAt(answer, ...path);
  return Array.isArray(found) ? found.filter((text) => typeof text === 'string') : [];
}

/** An answer that is a list of dictionaries, or nothing at all; throws `state-failed` for any other. */
export function listIn(answer: unknown): readonly DockerAnswer[] {
  if (answer === undefined || answer === null) return [];
  if (Array.isArray(answer) && answer.every(isAnswer)) return answer;
  throw strange(`${Array.isArray(answer) ? 'a list of something else' : 'no list'}`);
}

function isAnswer(value: unknown): value is DockerAnswer {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strange(what: string): AppError {
  return new AppError({ code: 'state-failed', message: `The Docker daemon does not answer as one: ${what}` });
}

function tell(error: unknown): string {
  return typeof error === 'string' ? error : JSON.stringify(error);
}
