import type { FileServer } from '@brine/modules/kit';

/** A file server for the time until `signal` fires: what is being fetched then ends with what it was aborted with. */
export function stoppableFiles(server: FileServer, signal: AbortSignal): FileServer {
  return {
    ...server,
    fetch: async (url, saltenv, wish) => {
      signal.throwIfAborted();
      return untilAborted(signal, server.fetch(url, saltenv, { signal, ...wish }));
    },
  };
}

/** What a master that is away would answer is waited for no longer; nobody is told how it ended then. */
function untilAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
