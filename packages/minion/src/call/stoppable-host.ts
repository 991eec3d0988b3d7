import type { CommandRequest, Host } from '@brine/modules/kit';
import { minionError } from '../errors.ts';

/**
 * A machine for the time until `signal` fires: programs that run then are ended with all they started, and none is
 * started any more. So a step that is cancelled or overdue stops, whatever it was about to do.
 */
export function stoppableHost(host: Host, signal: AbortSignal): Host {
  const within = (request: CommandRequest): CommandRequest => {
    if (signal.aborted) throw minionError('step-stopped', `The state was stopped before ${programOf(request)} ran`);
    return { ...request, signal: request.signal === undefined ? signal : AbortSignal.any([request.signal, signal]) };
  };
  return {
    ...host,
    run: async (request) => host.run(within(request)),
    inspect: async (request) => host.inspect(within(request)),
  };
}

function programOf({ command }: CommandRequest): string {
  return 'line' in command ? command.shell : (command[0] ?? 'its program');
}
