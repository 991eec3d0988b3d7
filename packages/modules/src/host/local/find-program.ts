import { accessSync, constants } from 'node:fs';

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Absolute path of a program on the search path. */
export function findProgram(program: string): string | undefined {
  if (program.includes('/')) return isExecutable(program) ? program : undefined;
  // Daemons are often started with a bare PATH; the system's own directories are always looked at, last.
  const directories = [...(process.env['PATH'] ?? '').split(':'), ...systemPath.split(':')];
  return directories
    .filter((directory) => directory.startsWith('/'))
    .map((directory) => `${directory}/${program}`)
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
