import { brineVersion, compatibleSaltVersion } from '../version.ts';

/** What `--versions-report` prints: everything a program stands on, a line each. */
export function versionsReport(): string {
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
