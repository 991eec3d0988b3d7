import { brineVersion, compatibleSaltVersion } from '@brine/common/launch';
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

function versionsReport(): string {
  const rows = [
    ['Brine', brineVersion],
    ['behaves as Salt', compatibleSaltVersion],
    ['Node', process.versions.node],
    ['V8', process.versions.v8],
    ['OpenSSL', process.versions.openssl],
    ['system', `${process.platform} ${process.arch}`],
  ];
  return `${rows.map(([name, version]) => `${name?.padStart(16)}: ${version}`).join('\n')}\n`;
}
