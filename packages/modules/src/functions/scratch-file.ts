import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { FunctionContext } from '../kit/context.ts';

/** A file that is there for a while. */
export interface ScratchFile {
  readonly content: Uint8Array;
  /** With its dot. */
  readonly extension: string;
  /** The account that is to read it; that of this process unless given. */
  readonly runas: string | undefined;
}

/** Has a file while something uses it. It is readable by the user who is to run it alone: scripts carry secrets. */
export async function withScratchFile<T>(
  { content, extension, runas }: ScratchFile,
  { host }: Pick<FunctionContext, 'host'>,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = host.environment('TMPDIR') ?? '/tmp';
  const path = posix.join(folder, `brine-${randomBytes(12).toString('hex')}${extension}`);
  const owner = runas === undefined ? undefined : await host.account(runas);
  await host.files.write(path, content, { mode: 0o500, ...(owner === undefined ? {} : { uid: owner.uid }) });
  try {
    return await use(path);
  } finally {
    await host.files.remove(path);
  }
}
