import { describeRealState } from '@brine/testkit';
import type { Host } from '../../kit/index.ts';
import { change } from './change.ts';

const lines = '# mine\n127.0.0.1 localhost\n10.0.0.1 a b\n';

async function makeFile(folder: string, host: Host): Promise<void> {
  await host.files.write(`${folder}/hosts`, Buffer.from(lines));
}

function expectText(wanted: string): (folder: string, host: Host) => Promise<void> {
  return async (folder, host) => {
    const text = Buffer.from((await host.files.read(`${folder}/hosts`)) ?? '').toString();
    if (text !== wanted) throw new Error(`the file has ${text}`);
  };
}

describeRealState(change, [
  {
    title: 'changes a file and keeps what it does not name',
    before: makeFile,
    arguments: (folder) => ({
      name: 'x',
      context: `/files${folder}/hosts`,
      lens: 'Hosts.lns',
      changes: ['set 1/canonical "me"', 'set 2/alias[2] more', 'rm 1/none'],
    }),
    pending: (folder) => ({
      comment: `Executing commands in file "/files${folder}/hosts"`,
      changes: {
        diff: '--- \n+++ \n@@ -2,2 +2,2 @@\n-127.0.0.1 localhost\n-10.0.0.1 a b\n+127.0.0.1 me\n+10.0.0.1 a b more\n',
      },
    }),
    applied: () => ({ comment: 'Changes have been saved' }),
    after: expectText('# mine\n127.0.0.1 me\n10.0.0.1 a b more\n'),
  },
  {
    title: 'knows a file that is so already',
    before: makeFile,
    arguments: (folder) => ({
      name: 'x',
      context: `/files${folder}/hosts`,
      lens: 'Hosts.lns',
      changes: ['set 2/canonical a'],
    }),
    ok: () => 'No changes made',
  },
  {
    title: 'refuses what would be no file of its kind',
    before: makeFile,
    arguments: (folder) => ({
      name: 'x',
      context: `/files${folder}/hosts`,
      lens: 'Nothing.lns',
      changes: ['set 1/canonical a'],
    }),
    fails: (folder) =>
      `Error: Invalid argument in function call\nPath /files${folder}/hosts is not associated with a file`,
  },
  {
    title: 'refuses a command that is none',
    arguments: () => ({ name: 'x', context: '/files/etc/hosts', changes: ['clear 1'] }),
    fails: () => 'Command clear is not supported (yet)',
  },
  {
    title: 'wants one file at a time',
    before: async (folder, host) => {
      await makeFile(folder, host);
      await host.files.write(`${folder}/other`, Buffer.from(lines));
    },
    arguments: (folder) => ({
      name: 'x',
      changes: [`set /files${folder}/hosts/1/canonical a`, `rm /files${folder}/other/1`],
    }),
    fails: (folder) =>
      `Error: Changes should be made to one file at a time, detected changes to ${folder}/hosts and ${folder}/other`,
  },
]);
