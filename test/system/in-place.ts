import { execFileSync, spawnSync } from 'node:child_process';

/** How a program ended that ran where a folder stood in the place of another. */
export interface EndInPlace {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whether this machine lets a process have mounts of its own. */
export function mayMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

/** Runs a program where a folder stands in the place of another, for that program and its children alone. */
export function runInPlace(
  { folder, place }: { readonly folder: string; readonly place: string },
  command: readonly string[],
  options: { readonly input?: string } = {},
): EndInPlace {
  const script = 'mount --bind "$0" "$1" && shift && exec "$@"';
  const words = ['--mount', 'sh', '-c', script, folder, place, ...command];
  const { status, stdout, stderr } = spawnSync('unshare', words, { encoding: 'utf8', ...options });
  return { status: status ?? -1, stdout, stderr };
}
