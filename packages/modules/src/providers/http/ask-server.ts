/** How long and how much a web server may answer. */
export interface ServerLimits {
  /** Seconds until all of the answer must be here; above 0. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** What a web server answered. */
export interface ServerAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Bytes that an answer may have: it is held in memory whole. */
const largestAnswer = 100 * 1024 * 1024;

/** What timers can count. */
const longestWait = 2 ** 31 - 1;

/**
 * Asks a web server and reads its whole answer, or says in words why there is none: it cannot be reached, is too slow or
 * answers without end. Throws what the signal was aborted with.
 */
export async function askServer(
  url: URL | string,
  request: RequestInit,
  { seconds, signal }: ServerLimits,
): Promise<ServerAnswer | { readonly failure: string }> {
  signal.throwIfAborted();
  const limit = AbortSignal.timeout(Math.min(Math.max(seconds * 1000, 1), longestWait));
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.any([signal, limit]) });
    const body = await readBody(response);
    if (body === undefined) return { failure: `it answers with more than ${largestAnswer} bytes` };
    return { status: response.status, statusText: response.statusText, headers: response.headers, body };
  } catch (error) {
    signal.throwIfAborted();
    return { failure: limit.aborted ? `timed out after ${seconds} seconds` : reasonOf(error) };
  }
}

/** `undefined` for one that is too large; the rest of it is not asked for. */
async function readBody({ body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > largestAnswer) return undefined;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

// What `fetch` throws says that it failed; the cause says why. Of several addresses each has its own.
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0)
    return [...new Set(error.errors.map(reasonOf))].join('; ');
  return error.message === '' ? error.name : error.message;
}
