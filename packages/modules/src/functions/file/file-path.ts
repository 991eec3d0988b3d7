import type { ReadHost } from '../../kit/host.ts';
import { text, type Argument } from '../../kit/arguments.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';

/** The path most functions of `file` take; `~` stands for a home. */
export function filePath(): Argument<string> {
  return text().describe('Path of the file; `~` stands for a home.');
}

/** Whether a symbolic link at the end of a path is followed. */
export const followDescription = 'Look at what a symbolic link points to.';

/** The path with `~` replaced, refused when it is not absolute; `what` names it in the error. */
export async function absolutePath(host: ReadHost, path: string, what = 'File path'): Promise<string> {
  const expanded = await expandHome(host, path);
  if (!expanded.startsWith('/')) throw failure(`${what} must be absolute: ${path}`);
  return expanded;
}
