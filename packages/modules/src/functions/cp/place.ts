import { posix } from 'node:path';
import type { FunctionContext } from '../../kit/context.ts';
import { isDirectory, parentOf } from '../../providers/files/paths.ts';
import { splitSaltenv } from '../saltenv.ts';

interface Placement {
  readonly from: string;
  readonly dest: string;
  readonly makedirs: boolean;
}

/** Copies a fetched file to where it is wanted and answers the path; `undefined` when its folder is missing. */
export async function place(
  context: FunctionContext,
  wanted: Placement & { readonly source: string },
): Promise<string | undefined> {
  const target = await targetOf(context, wanted);
  if (target !== undefined) await context.host.files.writeCopy(target, wanted.source);
  return target;
}

/** The target itself, or the file's name below it when it is a folder; `undefined` when its folder is missing. */
export async function targetOf(
  { host }: FunctionContext,
  { from, dest: given, makedirs: makes }: Placement,
): Promise<string | undefined> {
  const isFolder = given.endsWith('/') || (await isDirectory(host, given));
  const target = isFolder ? posix.join(given, posix.basename(splitSaltenv(from).url)) : given;
  const parent = parentOf(target);
  if (await isDirectory(host, parent)) return target;
  if (!makes) return undefined;
  await host.files.makeDirectory(parent, { parents: true });
  return target;
}
