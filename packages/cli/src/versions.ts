import { brineVersion, compatibleSaltVersion, versionsReport } from '@brine/common/launch';
import type { Command } from 'commander';

/** Adds `--version` and `--versions-report`. */
export function addVersionOptions(command: Command, program: string): Command {
  return command
    .version(`${program} ${brineVersion} (Brine; behaves as Salt ${compatibleSaltVersion})`, '--version', 'the version')
    .option('-V, --versions-report', 'the versions of everything this program stands on')
    .on('option:versions-report', () => {
      process.stdout.write(versionsReport());
      process.exit(0);
    });
}
