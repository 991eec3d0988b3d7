import type { TreeDisk } from '../../file-roots/tree-disk.ts';
import { sourceFault } from './source-fault.ts';

/** The text of a file; throws when it cannot be read or is not UTF-8. A byte order mark is left out. */
export async function readText(path: string, disk: TreeDisk): Promise<string> {
  const bytes = await disk.read(path);
  if (bytes === undefined) throw sourceFault(`${path} cannot be read`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw sourceFault(`${path} is not UTF-8 text`);
  }
}
