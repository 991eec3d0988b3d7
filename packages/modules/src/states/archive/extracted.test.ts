import { describeRealState, type RealStateCase } from '@brine/testkit';
import { expect } from 'vitest';
import type { Host } from '../../kit/index.ts';
import { extracted } from './extracted.ts';

async function makeTree(folder: string, host: Host): Promise<void> {
  await host.files.makeDirectory(`${folder}/src/app-1/sub`, { parents: true });
  await host.files.write(`${folder}/src/app-1/run`, Buffer.from('#!'), { mode: 0o755 });
  await host.files.write(`${folder}/src/app-1/sub/data`, Buffer.from('data'));
}

function packed(command: (folder: string) => readonly string[]): NonNullable<RealStateCase['before']> {
  return async (folder, host) => {
    await makeTree(folder, host);
    const result = await host.run({ command: command(folder), workingDirectory: `${folder}/src` });
    if (result.exitCode !== 0) throw new Error(result.stderr);
  };
}

const files = ['app-1/run', 'app-1/sub', 'app-1/sub/data'];
const zipped = ['app-1/', 'app-1/sub/', 'app-1/sub/data', 'app-1/run'];
const refusedOption = "tar: unrecognized option '--nosuch'\nTry 'tar --help' or 'tar --usage' for more information.";
const absent = ', due to absence of one or more files/dirs';

interface Unpacking {
  readonly archive?: string;
  readonly pack?: (folder: string) => readonly string[];
  readonly before?: (folder: string, host: Host) => Promise<void>;
  readonly arguments?: Readonly<Record<string, string | boolean | number>>;
  readonly pending?: string;
  readonly applied?: string;
  readonly told?: readonly string[];
  readonly removed?: (folder: string) => readonly string[] | string;
  readonly isThere?: boolean;
  readonly mode?: number;
  readonly at?: string;
}

function unpackCase(title: string, one: Unpacking): RealStateCase {
  const { archive = 'app.tar.gz', pack = tar, told = files, mode = 0o755, at = 'app-1/' } = one;
  return {
    title,
    before: async (folder, host) => {
      await packed(pack)(folder, host);
      await one.before?.(folder, host);
    },
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/${archive}`, ...one.arguments }),
    pending: (folder) => ({
      comment: `Archive ${folder}/${archive} would be extracted to ${folder}/opt/${one.pending ?? ''}${absent}`,
      changes: {
        ...(one.removed === undefined ? {} : { removed: one.removed(folder) }),
        ...(one.isThere === true ? {} : { directories_created: [`${folder}/opt/`] }),
        extracted_files: told,
      },
    }),
    applied: (folder) => ({ comment: `${folder}/${archive} extracted to ${folder}/opt/${absent}${one.applied ?? ''}` }),
    after: async (folder, host) => {
      const run = await host.files.stat(`${folder}/opt/${at}run`);
      const data = Buffer.from((await host.files.read(`${folder}/opt/${at}sub/data`)) ?? '').toString();
      expect({ mode: run?.mode, data, old: await host.files.stat(`${folder}/opt/app-1/old`) }).toEqual({
        mode,
        data: 'data',
        old: undefined,
      });
    },
  };
}

function inTheWay(...names: readonly string[]) {
  return async (folder: string, host: Host): Promise<void> => {
    for (const name of names) await host.files.makeDirectory(`${folder}/opt/${name}`, { parents: true });
  };
}

const zip = (folder: string): readonly string[] => ['zip', '-qr', `${folder}/app.zip`, 'app-1'];
const tar = (folder: string): readonly string[] => ['tar', 'czf', `${folder}/app.tar.gz`, 'app-1/run', 'app-1/sub'];

function refusal(
  what: string,
  given: Readonly<Record<string, string | boolean>>,
  fails: (folder: string) => string,
): RealStateCase {
  return {
    title: `refuses ${what}`,
    before: packed(tar),
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/app.tar.gz`, ...given }),
    fails,
  };
}

describeRealState(extracted, [
  unpackCase('unpacks a compressed tar', {}),
  unpackCase('unpacks a zip', { archive: 'app.zip', pack: zip, told: zipped }),
  unpackCase('leaves the modes that a zip has alone when told to', {
    archive: 'app.zip',
    pack: zip,
    told: zipped,
    arguments: { extract_perms: false },
    mode: 0o644,
  }),
  unpackCase('unpacks a zip with a password', {
    archive: 'app.zip',
    pack: (folder) => ['zip', '-qr', '-P', 'swordfish', `${folder}/app.zip`, 'app-1'],
    told: zipped,
    arguments: { password: 'swordfish' },
  }),
  unpackCase('leaves out the first part of names when tar is told to', {
    arguments: { options: '--strip-components=1', enforce_toplevel: false },
    told: ['app-1/run', 'app-1/sub/', 'app-1/sub/data'],
    at: '',
  }),
  unpackCase('tells names alone when tar is told to tell more', {
    arguments: { options: '-v' },
    told: ['app-1/run', 'app-1/sub/', 'app-1/sub/data'],
  }),
  unpackCase('lists a tar that tar can read without the command for others', { arguments: { list_options: 'false' } }),
  unpackCase('tells only as many files as asked for', {
    arguments: { trim_output: 2 },
    told: files.slice(0, 2),
    applied: '. Output was trimmed to 2 number of lines',
  }),
  unpackCase('removes what is of another kind when told to', {
    before: inTheWay('app-1/run'),
    arguments: { force: true },
    isThere: true,
    removed: (folder) => [`${folder}/opt/app-1/run`],
  }),
  unpackCase('clears the place of the archive before it is unpacked', {
    before: inTheWay('app-1/old'),
    arguments: { clean: true },
    isThere: true,
    pending: ', after cleaning destination path(s)',
    removed: (folder) => [`${folder}/opt/app-1/`],
  }),
  unpackCase('clears the whole directory before it is unpacked', {
    before: inTheWay('app-1/old', 'other'),
    arguments: { clean_parent: true },
    removed: (folder) => `Directory ${folder}/opt/ was removed prior to the extraction`,
  }),
  refusal('both ways of cleaning', { clean: true, clean_parent: true }, () => {
    return "Only one of 'clean' and 'clean_parent' can be set to True";
  }),
  refusal('a path that is not absolute', { if_missing: 'x' }, () => {
    return "Value for 'if_missing' is not an absolute path";
  }),
  refusal('an owner outside of the directory', { user: 'root', enforce_ownership_on: '/etc' }, (folder) => {
    return `Value for 'enforce_ownership_on' must be within ${folder}/opt/`;
  }),
  refusal('a kind that does not exist', { archive_format: 'cab' }, () => {
    return "Invalid archive_format 'cab'. Either set it to a supported value (tar, rar, zip) or remove this argument and the archive format will be guessed based on file extension.";
  }),
  refusal('a password for a tar', { password: 'x' }, () => {
    return "The 'password' argument is only supported for zip archives";
  }),
  {
    title: 'refuses what is of another kind unless told to remove it',
    before: async (folder, host) => {
      await packed(tar)(folder, host);
      await inTheWay('app-1/run')(folder, host);
    },
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/app.tar.gz` }),
    fails: (folder) =>
      `The below paths (relative to ${folder}/opt/) exist, but are the incorrect type (file instead of directory, symlink instead of file, etc.). To proceed with extraction, set 'force' to True. Note that this will remove these paths before extracting.\n\n- app-1/run`,
  },
  {
    title: 'refuses a zip with a password unless it has it',
    before: packed((folder) => ['zip', '-qr', '-P', 'swordfish', `${folder}/app.zip`, 'app-1']),
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/app.zip` }),
    fails: (folder) =>
      `Archive ${folder}/app.zip is password-protected, but no password was specified. Please set the 'password' argument.`,
  },
  {
    title: 'refuses several things at the top unless told otherwise',
    before: packed((folder) => ['tar', 'cf', `${folder}/app.tar`, '-C', 'app-1', 'run', 'sub']),
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/app.tar` }),
    fails: (folder) =>
      "Archive does not have a single top-level directory. To allow this archive to be extracted, set 'enforce_toplevel' to False. To avoid a 'tar-bomb' it may also be advisable to set a top-level directory by adding it to the 'name' value " +
      `(for example, setting 'name' to ${folder}/opt/some_dir instead of ${folder}/opt/).`,
  },
  {
    title: 'refuses a single file at the top unless told otherwise',
    before: packed((folder) => ['tar', 'cf', `${folder}/app.tar`, '-C', 'app-1', 'run']),
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/app.tar` }),
    fails: (folder) =>
      "Archive does not have a single top-level directory. To allow this archive to be extracted, set 'enforce_toplevel' to False. To avoid a 'tar-bomb' it may also be advisable to set a top-level directory by adding it to the 'name' value " +
      `(for example, setting 'name' to ${folder}/opt/some_dir instead of ${folder}/opt/).`,
  },
  {
    title: 'gives no reason but the obstacle where a file is in the place of a directory',
    before: async (folder, host) => {
      await packed((place) => ['tar', 'cf', `${place}/app.tar`, 'app-1'])(folder, host);
      await host.files.makeDirectory(`${folder}/opt`);
      await host.files.write(`${folder}/opt/app-1`, Buffer.from('x'));
    },
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/app.tar`, force: true }),
    pending: (folder) => ({
      comment: `Archive ${folder}/app.tar would be extracted to ${folder}/opt/`,
      changes: {
        removed: [`${folder}/opt/app-1/`],
        extracted_files: expect.arrayContaining(['app-1', ...files]) as string[],
      },
    }),
    applied: (folder) => ({
      comment: `${folder}/app.tar extracted to ${folder}/opt/`,
      changes: {
        removed: [`${folder}/opt/app-1/`],
        extracted_files: expect.arrayContaining(['app-1', ...files]) as string[],
      },
    }),
  },
  {
    title: 'tells how a tar ended that did not like its options',
    before: packed(tar),
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/app.tar.gz`, options: '--nosuch' }),
    pending: (folder) => ({
      comment: `Archive ${folder}/app.tar.gz would be extracted to ${folder}/opt/${absent}`,
      changes: {
        directories_created: [`${folder}/opt/`],
        extracted_files: ['app-1/run', 'app-1/sub/', 'app-1/sub/data'],
      },
    }),
    applied: () => ({
      comment: `tar ended with status 64: ${refusedOption}`,
      changes: { pid: expect.any(Number) as number, retcode: 64, stdout: '', stderr: refusedOption },
      failed: true,
    }),
  },
  {
    title: 'refuses members that would land elsewhere',
    before: packed((folder) => ['tar', 'cPf', `${folder}/app.tar`, '../src/app-1/run']),
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/app.tar` }),
    fails: () => 'The archive has a member outside of its directory: ../src/app-1/run',
  },
  {
    title: 'refuses an archive with another digest',
    before: (folder, host) => host.files.write(`${folder}/app.tar`, Buffer.from('x')),
    arguments: (folder) => ({
      name: `${folder}/opt`,
      source: `${folder}/app.tar`,
      source_hash: `md5=${'0'.repeat(32)}`,
    }),
    fails: (folder) => `${folder}/app.tar does not match the desired source_hash ${'0'.repeat(32)}`,
  },
  {
    title: 'tells of a missing account before a missing archive',
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/none.tar`, user: 'nobody-here' }),
    fails: () => 'User nobody-here does not exist',
  },
  {
    title: 'says of a file that is no archive that it cannot be listed',
    before: (folder, host) => host.files.write(`${folder}/app.tar`, Buffer.from('x')),
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/app.tar` }),
    fails: (folder) =>
      `Unable to list contents of ${folder}/app.tar. tar ended with status 2: tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors`,
  },
  {
    title: 'asks for nothing where a path shows that it was done',
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/none.tar`, if_missing: folder }),
    ok: (folder) => `Path ${folder} exists`,
  },
]);
