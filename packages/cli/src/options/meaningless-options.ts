import { Option, type Command } from 'commander';
import { cliError, usageExitCode } from '../errors.ts';

/** Why options of salt-ssh are refused. */
export const noRosters = 'hosts of a roster belong to salt-ssh, which does not exist here';

/** Why options of executors are refused. */
export const noExecutors = 'a function is run by its job worker alone, there are no other executors';

/** Salt's options of profiling, and what takes their place. */
export const profiling: readonly (readonly [string, string])[] = ['--enable-profiling', '--profiling-path <dir>'].map(
  (flags) => [flags, 'node itself measures: node --cpu-prof bin/PROGRAM …'] as const,
);

/** Declares options of Salt's that mean nothing here, each with the reason that using it is refused with. */
export function addMeaninglessOptions(command: Command, options: readonly (readonly [string, string])[]): void {
  for (const [flags, reason] of options) {
    const option = new Option(flags).hideHelp();
    command.on(`option:${option.name()}`, () => {
      throw cliError('option-unsupported', `the option ${option.long} does not exist: ${reason}`, {
        exitCode: usageExitCode,
      });
    });
    command.addOption(option);
  }
}
