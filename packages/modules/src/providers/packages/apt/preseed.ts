import { AppError } from '@brine/common';
import type { Host, StateContext } from '../../../kit/index.ts';
import { runTool } from '../../commands/run-tool.ts';
import { findSource } from '../../files/find-source.ts';

/** Sets debconf's answers out of a file before packages ask their questions. */
export async function preseed(
  machine: Host,
  source: string,
  context: Pick<StateContext, 'fileServer' | 'host' | 'step'>,
): Promise<void> {
  const found = await findSource({ source, skipVerify: true, target: source }, context);
  if (typeof found === 'string') throw new AppError({ code: 'state-failed', message: found });
  await runTool(machine, ['debconf-set-selections', found.path]);
}
