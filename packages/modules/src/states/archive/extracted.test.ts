import { describeRealState, type RealStateCase } from '@brine/testkit';
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

function unpackCase(title: string, name: string, command: (folder: string) => readonly string[]): RealStateCase {
  return {
    title,
    before: packed(command),
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/${name}` }),
    pending: (folder) => ({
      comment: `Archive ${folder}/${name} would be extracted to ${folder}/opt`,
      changes: { extracted_files: ['app-1'] },
    }),
    applied: (folder) => ({ comment: `${folder}/${name} extracted to ${folder}/opt/` }),
    after: async (folder, host) => {
      const run = await host.files.stat(`${folder}/opt/app-1/run`);
      const data = Buffer.from((await host.files.read(`${folder}/opt/app-1/sub/data`)) ?? '').toString();
      if (run?.mode !== 0o755 || data !== 'data') throw new Error('it was not unpacked as it was packed');
    },
  };
}

const tar = (folder: string): readonly string[] => ['tar', 'czf', `${folder}/app.tar.gz`, 'app-1/run', 'app-1/sub'];

describeRealState(extracted, [
  unpackCase('unpacks a compressed tar', 'app.tar.gz', tar),
  unpackCase('unpacks a zip', 'app.zip', (folder) => ['zip', '-qr', `${folder}/app.zip`, 'app-1']),
  {
    title: 'leaves out the first part of names when tar is told to',
    before: packed(tar),
    arguments: (folder) => ({
      name: `${folder}/opt`,
      source: `${folder}/app.tar.gz`,
      options: '--strip-components=1',
      enforce_toplevel: false,
    }),
    pending: (folder) => ({
      comment: `Archive ${folder}/app.tar.gz would be extracted to ${folder}/opt`,
      changes: { extracted_files: ['run', 'sub'] },
    }),
    applied: (folder) => ({ comment: `${folder}/app.tar.gz extracted to ${folder}/opt/` }),
  },
  {
    title: 'refuses several things at the top unless told otherwise',
    before: packed((folder) => ['tar', 'cf', `${folder}/app.tar`, '-C', 'app-1', 'run', 'sub']),
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/app.tar` }),
    fails: () =>
      "Archive does not have a single top-level directory. To allow this archive to be extracted, set 'enforce_toplevel' to False. Top-level: run, sub",
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
    fails: (folder) =>
      `Specified md5 checksum for ${folder}/opt (${'0'.repeat(32)}) does not match actual checksum (9dd4e461268c8034f5c8564e155c67a6)`,
  },
  {
    title: 'asks for nothing where a path shows that it was done',
    arguments: (folder) => ({ name: `${folder}/opt`, source: `${folder}/none.tar`, if_missing: folder }),
    ok: (folder) => `Path ${folder} exists`,
  },
]);
