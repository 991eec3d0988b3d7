import type { CommandRequest, Host } from '../kit/host.ts';

/** A machine whose programs end, with all they started, when the call that runs them is cancelled or overdue. */
export function endingWith(signal: AbortSignal, host: Host): Host {
  const within = (request: CommandRequest): CommandRequest => {
    if (request.signal === signal) return request;
    return { ...request, signal: request.signal === undefined ? signal : AbortSignal.any([request.signal, signal]) };
  };
  return {
    ...host,
    run: async (request) => host.run(within(request)),
    inspect: async (request) => host.inspect(within(request)),
  };
}
