import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

const smallBytes = 256 * 1024;

/** Hex SHA-256 of a regular file. A small one is read at once: a stream costs many times what it does. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  if (statSync(file).size <= smallBytes) hash.update(readFileSync(file));
  else await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
