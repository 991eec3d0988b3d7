/** What Python, and so Salt, says of a connection that did not come about. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: '[Errno 111] Connection refused',
  EHOSTUNREACH: '[Errno 113] No route to host',
  ENETUNREACH: '[Errno 101] Network is unreachable',
  ETIMEDOUT: '[Errno 110] Connection timed out',
  ENOTFOUND: '[Errno -2] Name or service not known',
  EAI_AGAIN: '[Errno -3] Temporary failure in name resolution',
};

/** Why a connection did not come about, in Salt's words; `undefined` for what it has none for. */
export function describeConnectionFailure(error: unknown): string | undefined {
  const code = codeOf(error);
  return code === undefined || !Object.hasOwn(words, code) ? undefined : words[code];
}

// Of several addresses that were tried each has its own reason; the first is told.
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const code: unknown = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
