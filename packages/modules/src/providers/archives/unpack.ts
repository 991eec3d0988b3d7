import type { Applied, Plain } from '@brine/common';
import type { CommandResult, Host, ReadHost, StateContext } from '../../kit/index.ts';
import { toolFailure } from '../commands/run-tool.ts';
import { makeParents } from '../files/make-parents.ts';
import { gidOf, uidOf } from '../files/ownership.ts';
import { isDirectory } from '../files/paths.ts';
import { toldMembers, type ArchiveLayout } from './archive-layout.ts';
import { writeMark } from './archive-marks.ts';
import { withPlainZip } from './plain-zip.ts';
import { unpackCommand, type Archive, type Member } from './archive-tools.ts';
import type { ExtractRequest } from './extract-request.ts';
import { setOwners } from './member-owners.ts';

/** An archive to be unpacked. */
export interface Extraction {
  readonly request: ExtractRequest;
  readonly archive: Archive;
  readonly url: string;
  readonly source: string;
  readonly mark: string;
  readonly members: readonly Member[];
  readonly layout: ArchiveLayout;
  /** Why it is unpacked, as a comment says it. */
  readonly reason: string;
  /** Absolute paths that go first. */
  readonly removed: readonly string[];
  /** Whether the directory is made. */
  readonly isNew: boolean;
  readonly context: StateContext;
}

/** Unpacks an archive; `removed` is what the changes tell of paths that go first. */
export async function unpack(
  extraction: Extraction,
  removed: Readonly<Record<string, Plain>>,
  machine: Host,
): Promise<Applied> {
  const { request, archive, url, layout, context } = extraction;
  const { name, user, trim_output: limit } = request;
  const missing = await missingAccount(machine, request);
  if (missing !== undefined) return { comment: missing, changes: {}, failed: true };
  for (const path of extraction.removed) await machine.files.remove(path, { recursive: true });
  if (!(await isDirectory(machine, name))) await makeParents(machine, `${name}/.`, { user });
  const work = async (path: string) => {
    const unpacking = unpackCommand({ ...archive, path }, name);
    return {
      command: unpacking,
      result: await machine.run({ command: unpacking, signal: context.signal, timeout: 3_600_000 }),
    };
  };
  const { command, result } = await withPlainZip(machine, archive, work, context.signal);
  if (result.exitCode !== 0) return toFailure(command, result, archive);
  if (!request.extract_perms && archive.format === 'zip') await dropPermissions(extraction, machine);
  await rememberHash(extraction, machine);
  const isOwned = await setOwners(machine, request, layout);
  if (!request.keep_source) await forgetSource(extraction, machine);
  const changes = {
    ...removed,
    ...(isOwned ? { 'updated ownership': true } : {}),
    ...(extraction.isNew ? { directories_created: [`${name}/`] } : {}),
    extracted_files: toldFiles(extraction, result.stdout).slice(0, limit),
  };
  const trimmed = limit === undefined ? '' : `. Output was trimmed to ${limit} number of lines`;
  return { comment: `${url} extracted to ${name}/${extraction.reason}${trimmed}`, changes };
}

/** As in Salt a tar that is given options of its own tells how it ended as changes. */
function toFailure(command: readonly string[], result: CommandResult, { format, options }: Archive): Applied {
  const { pid, exitCode, stdout, stderr } = result;
  const told = { pid, retcode: exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
  const changes = format === 'tar' && options !== undefined ? told : {};
  return { comment: toolFailure(command, result).message, changes, failed: true };
}

async function rememberHash({ request, mark }: Extraction, machine: Host): Promise<void> {
  const isAskedFor = request.source_hash_update || request.skip_files_list_verify;
  if (isAskedFor && request.source_hash !== undefined) await writeMark(machine, mark, request.source_hash);
}

/** Which of the owners of members does not exist, in Salt's words. */
export async function missingAccount(machine: ReadHost, { user, group }: ExtractRequest): Promise<string | undefined> {
  if (user !== undefined && (await uidOf(machine, user)) === undefined) return `User ${user} does not exist`;
  if (group !== undefined && (await gidOf(machine, group)) === undefined) return `Group ${group} does not exist`;
  return undefined;
}

// With options of its own the program tells what it did, without them the archive does.
function toldFiles({ archive, members, request }: Extraction, stdout: string): readonly string[] {
  const tells =
    archive.format === 'tar' ? archive.options !== undefined : (request.use_cmd_unzip ?? archive.options !== undefined);
  if (!tells) return toldMembers(archive, members);
  return stdout.trimEnd().split('\n');
}

async function dropPermissions({ request, members }: Extraction, machine: Host): Promise<void> {
  for (const { name, kind } of members) {
    if (kind === 'symlink') continue;
    const path = `${request.name}/${name.replace(/\/$/, '')}`;
    await machine.files.setAttributes(path, { mode: kind === 'directory' ? 0o755 : 0o644 });
  }
}

async function forgetSource({ source, context }: Extraction, machine: Host): Promise<void> {
  if (!/^(salt|https?|ftp):\/\//i.test(source)) return;
  const copy = await context.fileServer.cached(source, context.step.saltenv);
  if (copy !== undefined) await machine.files.remove(copy);
}
