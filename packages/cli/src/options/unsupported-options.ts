import { Option, type Command } from 'commander';
import { cliError, usageExitCode } from '../errors.ts';

/**
 * Declares options of Salt's that do not exist here yet, so that using one is an error that says so instead of a run
 * that ignores it. `flags` are written as commander writes them (`-b, --batch <size>`).
 */
export function addUnsupportedOptions(command: Command, flags: readonly string[]): Command {
  for (const text of flags) {
    const option = new Option(text).hideHelp();
    command.addOption(option);
    command.on(`option:${option.name()}`, () => {
      const names = [option.short, option.long].filter((name) => name !== undefined).join(', ');
      throw cliError('option-unsupported', `the option ${names} does not exist here yet`, { exitCode: usageExitCode });
    });
  }
  return command;
}

/** Declares an option of Salt's that means nothing here, so that using it is an error that says why. */
export function addMeaninglessOption(command: Command, flags: string, reason: string): Command {
  const option = new Option(flags).hideHelp();
  command.on(`option:${option.name()}`, () => {
    throw cliError('option-unsupported', `the option ${option.long} does not exist: ${reason}`, {
      exitCode: usageExitCode,
    });
  });
  return command.addOption(option);
}
