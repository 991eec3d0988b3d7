import { z } from 'zod';
import { flag, operand, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';

/** A zone that has to be named. */
export const zone = operand().describe('The zone.');

/** A zone, or that for interfaces that are in none. */
export const zoneOrDefault = optional(operand()).describe('The zone; the default one unless given.');

/** Whether what is kept is meant, and not what holds now. */
export const permanent = withDefault(flag(), true).describe('What is kept, not what holds until the next reload.');

/** What looks at one zone. */
export const oneZone = z.object({ zone, permanent });

/** Runs firewall-cmd and answers what it says; throws with its complaint when it fails. */
export async function firewallCmd(
  context: FunctionContext,
  words: readonly string[],
  isPermanent = false,
): Promise<string> {
  const command = ['firewall-cmd', ...words, ...(isPermanent ? ['--permanent'] : [])];
  const result = await runProgram(context, command, { timeout: 60_000 });
  if (result.exitCode !== 0) throw failure(`firewall-cmd failed: ${complaint(result)}`);
  return result.stdout.trimEnd();
}

/** The same as words. */
export async function firewallWords(...call: Parameters<typeof firewallCmd>): Promise<readonly string[]> {
  return (await firewallCmd(...call)).split(/\s+/).filter((word) => word !== '');
}

/** The option that names a zone; none for the default one. */
export function ofZone(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [`--zone=${name}`];
}
