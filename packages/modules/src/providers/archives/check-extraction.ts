import { isAppError, type CheckOutcome, type Plain, type Value } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { findSource, redactUrl } from '../files/find-source.ts';
import { layOut, toldMembers, type ArchiveLayout } from './archive-layout.ts';
import { markFile, readMark } from './archive-marks.ts';
import { listArchive, type Archive, type Member } from './archive-tools.ts';
import { chooseFormat, refuseRequest, type ExtractRequest } from './extract-request.ts';
import { findWrongOwners, setOwners } from './member-owners.ts';
import { missingAccount, unpack, type Extraction } from './unpack.ts';

/** Compares a directory with having an archive's members. */
export async function checkExtraction(request: ExtractRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const { host } = context;
  const refusal = await refuseRequest(request, host);
  if (refusal !== undefined) return fails(refusal);
  const { name, if_missing: ifMissing } = request;
  if (ifMissing !== undefined && (await host.files.stat(ifMissing)) !== undefined)
    return isOk(`Path ${ifMissing} exists`);
  const { source, source_hash: sourceHash, source_hash_name: hashName, skip_verify: skipVerify } = request;
  const wish = { source, sourceHash, hashName, skipVerify, useEtag: request.use_etag, target: name };
  const found = await findSource(wish, context);
  if (typeof found === 'string')
    return fails((await missingAccount(host, request)) ?? inWordsOfArchives(found, source));
  const chosen = chooseFormat(request, found.url);
  if ('refusal' in chosen) return fails(chosen.refusal);
  if (chosen.format === 'rar' && (await host.which('bsdtar')) === undefined)
    return fails('rar archives are unpacked by bsdtar, which is not installed: libarchive-tools on Debian has it');
  const { options, password, list_options: listOptions } = request;
  const archive = { path: found.path, format: chosen.format, options, password, listOptions };
  const mark = markFile(context.options, name, found.url);
  return checkMembers({ request, archive, url: redactUrl(found.url), source: found.url, mark }, context);
}

function inWordsOfArchives(loss: string, source: Value): string {
  const shown = typeof source === 'string' ? redactUrl(source) : 'The archive';
  return loss
    .replace(
      /^Specified \w+ checksum for .* \((\w+)\) does not match .*$/,
      `${shown.replaceAll('$', '$$$$')} does not match the desired source_hash $1`,
    )
    .replace(/^Local file source (.*) does not exist$/, "Source file '$1' does not exist")
    .replace(/^Unable to manage file: /, '')
    .replace(/^Failed to cache \S+: /, '')
    .replace(/set skip_verify to True$/, 'set skip_verify or use_etag to True');
}

interface Found {
  readonly request: ExtractRequest;
  readonly archive: Archive;
  /** As it is shown. */
  readonly url: string;
  readonly source: string;
  readonly mark: string;
}

async function checkMembers(found: Found, context: StateContext): Promise<CheckOutcome<Host>> {
  const { request, archive, url, mark } = found;
  const { host } = context;
  const last = request.source_hash === undefined ? undefined : await readMark(host, mark);
  if (request.skip_files_list_verify && last !== undefined && last === request.source_hash)
    return isOk(
      `Archive ${url} existing source sum is the same as the expected one and skip_files_list_verify argument was set to True. Extraction is not needed`,
    );
  const members = await tryList(host, archive, url);
  if (typeof members === 'string') return fails(members);
  const layout = layOut(archive, members);
  if (request.enforce_toplevel && (layout.topDirectories.length > 1 || layout.topFiles.length > 0))
    return fails(severalAtTop(request, archive));
  return compare({ ...found, members, layout, context }, last);
}

async function compare(
  plan: Omit<Plan, 'reason' | 'obstacles'>,
  last: string | undefined,
): Promise<CheckOutcome<Host>> {
  const { request, layout, context } = plan;
  const { isMissing, wrong } = await compareMembers(context.host, request.name, layout);
  const isNewHash = request.source_hash_update && last !== undefined && last !== request.source_hash;
  const obstacles = request.clean || request.clean_parent ? [] : wrong;
  if (obstacles.length > 0 && !request.force) return fails(wrongKinds(request.name, obstacles));
  const unpacks = isMissing || wrong.length > 0 || request.overwrite || isNewHash;
  const reason = reasonFor(isMissing, isNewHash && !request.overwrite);
  const whole = { ...plan, reason, obstacles };
  return unpacks ? willUnpack(whole) : checkOwners(whole);
}

function reasonFor(isMissing: boolean, isNewHash: boolean): string {
  if (isMissing) return ', due to absence of one or more files/dirs';
  return isNewHash ? ', due to source_hash update' : '';
}

async function tryList(host: ReadHost, archive: Archive, url: string): Promise<readonly Member[] | string> {
  try {
    return await listArchive(host, archive);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return unlisted(url, caught.message);
  }
}

function unlisted(url: string, reason: string): string {
  if (reason.startsWith('is ')) return `Archive ${url} ${reason}`;
  if (/^unzip .*(?:signature not found|cannot find zipfile directory)/s.test(reason))
    return `${url} is not a ZIP file. ${reason}`;
  return /^(?:tar|bsdtar|unzip) /.test(reason) ? `Unable to list contents of ${url}. ${reason}` : reason;
}

function severalAtTop({ name }: ExtractRequest, { format }: Archive): string {
  return (
    `Archive does not have a single top-level directory. To allow this archive to be extracted, set 'enforce_toplevel' to False. ` +
    `To avoid a '${format}-bomb' it may also be advisable to set a top-level directory by adding it to the 'name' value ` +
    `(for example, setting 'name' to ${name}/some_dir instead of ${name}/).`
  );
}

function wrongKinds(name: string, paths: readonly string[]): string {
  const list = paths.map((path) => `\n- ${path}`).join('');
  return (
    `The below paths (relative to ${name}/) exist, but are the incorrect type (file instead of directory, symlink instead of file, etc.). ` +
    `To proceed with extraction, set 'force' to True. Note that this will remove these paths before extracting.\n${list}`
  );
}

interface SeenMembers {
  readonly isMissing: boolean;
  /** Paths that are there and of another kind. */
  readonly wrong: readonly string[];
}

async function compareMembers(host: ReadHost, name: string, layout: ArchiveLayout): Promise<SeenMembers> {
  const wrong: string[] = [];
  let isMissing = false;
  const compare = async (paths: readonly string[], isRight: (kind: string) => boolean): Promise<void> => {
    for (const path of paths) {
      // What is below a path of another kind goes with it.
      if (wrong.some((other) => path.startsWith(`${other.replace(/\/$/, '')}/`) && path !== other)) continue;
      const stat = await host.files.stat(`${name}/${path.replace(/\/$/, '')}`);
      if (stat === undefined) isMissing = true;
      else if (!isRight(stat.kind)) wrong.push(path);
    }
  };
  await compare(layout.directories, (kind) => kind === 'directory');
  await compare(layout.files, (kind) => kind !== 'directory' && kind !== 'symlink');
  await compare(layout.links, (kind) => kind === 'symlink');
  return { isMissing, wrong };
}

interface Plan extends Found {
  readonly members: readonly Member[];
  readonly layout: ArchiveLayout;
  readonly reason: string;
  readonly obstacles: readonly string[];
  readonly context: StateContext;
}

async function willUnpack(plan: Plan): Promise<CheckOutcome<Host>> {
  const { request, url, reason, context } = plan;
  const { name, user, group } = request;
  const cleaned = request.clean ? ', after cleaning destination path(s)' : '';
  const removed = await toBeRemoved(plan);
  const isNew = request.clean_parent || (await context.host.files.stat(name)) === undefined;
  const extraction: Extraction = { ...plan, removed, isNew };
  const changes: Record<string, Plain> = {
    ...removedChange(extraction),
    ...(user === undefined && group === undefined ? {} : { 'updated ownership': true }),
    ...(isNew ? { directories_created: [`${name}/`] } : {}),
    extracted_files: toldMembers(plan.archive, plan.members).slice(0, request.trim_output),
  };
  const comment = `Archive ${url} would be extracted to ${name}/${cleaned}${reason}`;
  return willChange({ comment, changes }, (machine) =>
    attempt('', () => unpack(extraction, removedChange(extraction), machine)),
  );
}

function removedChange({ request, removed, layout }: Extraction): Record<string, Plain> {
  if (request.clean_parent && removed.length > 0)
    return { removed: `Directory ${request.name}/ was removed prior to the extraction` };
  if (removed.length === 0) return {};
  const directories = new Set(
    [...layout.directories, ...layout.topDirectories].map((path) => `${request.name}/${path}`),
  );
  return { removed: removed.map((path) => (directories.has(`${path}/`) ? `${path}/` : path)) };
}

/** Absolute paths that go before the archive is unpacked. */
async function toBeRemoved({ request, layout, obstacles, context }: Plan): Promise<readonly string[]> {
  const { name, clean, clean_parent: cleanParent } = request;
  const tops = cleanParent ? [''] : clean ? [...layout.topDirectories, ...layout.topFiles] : obstacles;
  const removed: string[] = [];
  for (const top of tops) {
    const path = `${name}/${top}`.replace(/\/(\.\/)?$/, '');
    if ((await context.host.files.stat(path)) !== undefined) removed.push(path);
  }
  return removed;
}

async function checkOwners(plan: Plan): Promise<CheckOutcome<Host>> {
  const { host } = plan.context;
  const comment = 'All files in archive are already present';
  const wrong = await findWrongOwners(host, plan.request, plan.layout);
  if (wrong.length === 0) return isOk(comment);
  const changes = { 'updated ownership': true };
  const pending = `${comment}. Ownership would be updated on one or more files/directories.`;
  return willChange({ comment: pending, changes }, (machine) =>
    attempt('', async () => {
      await setOwners(machine, plan.request, plan.layout);
      return { comment, changes };
    }),
  );
}
