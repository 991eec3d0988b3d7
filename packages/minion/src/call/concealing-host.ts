import type { Logger, Redactor } from '@brine/common';
import { canConceal, type CommandRequest, type Host } from '@brine/modules/kit';

/**
 * A machine on which lines for a shell that hold a secret are kept out of the list of processes. Arguments of other programs
 * cannot be: those that hold one are warned of.
 */
export function concealingHost(host: Host, redactor: Redactor, log: Logger): Host {
  const holdsSecret = (text: string): boolean => redactor.text(text) !== text;
  const conceal = (request: CommandRequest): CommandRequest => {
    const { command } = request;
    if (redactor.isOpen) return request;
    if ('line' in command && canConceal(command.shell)) {
      return holdsSecret(command.line) ? { ...request, command: { ...command, isConcealed: true } } : request;
    }
    const words = 'line' in command ? [command.shell, command.line] : command;
    if (words.some(holdsSecret))
      log.warn('arguments hold a secret, which all users of the machine can see', { program: words[0] });
    return request;
  };
  return {
    ...host,
    run: async (request) => host.run(conceal(request)),
    inspect: async (request) => host.inspect(conceal(request)),
  };
}
