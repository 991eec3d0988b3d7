import type { FunctionContext } from '../kit/context.ts';
import type { CommandRequest } from '../kit/host.ts';
import { withAccountPrograms } from '../providers/accounts/files/with-account-programs.ts';
import { succeeds } from './run-program.ts';

/** {@link succeeds} for the programs of accounts, wherever they come from. */
export function accountProgram(
  { host, signal, log, setRetcode }: Pick<FunctionContext, 'host' | 'signal' | 'log' | 'setRetcode'>,
  command: readonly string[],
  request: Omit<CommandRequest, 'command'> = {},
): Promise<boolean> {
  return succeeds({ host: withAccountPrograms(host), signal, log, setRetcode }, command, request);
}
