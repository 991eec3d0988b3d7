import { describeRealState } from '@brine/testkit';
import type { Host } from '../../kit/index.ts';
import { patch } from './patch.ts';

const change = '--- a/conf\n+++ b/conf\n@@ -1,2 +1,2 @@\n-one\n+1\n two\n';

function files(text: string): (folder: string, host: Host) => Promise<void> {
  return async (folder, host) => {
    await host.files.makeDirectory(`${folder}/etc`);
    await host.files.write(`${folder}/etc/conf`, Buffer.from(text));
    await host.files.write(`${folder}/change`, Buffer.from(change));
  };
}

describeRealState(patch, [
  {
    title: 'patches a file once',
    before: files('one\ntwo\n'),
    arguments: (folder) => ({ name: `${folder}/etc/conf`, source: `${folder}/change` }),
    pending: (folder) => ({ comment: 'The patch would be applied', changes: { patched: `${folder}/etc/conf` } }),
    applied: () => ({ comment: 'Patch successfully applied' }),
    after: async (folder, host) => {
      const text = Buffer.from((await host.files.read(`${folder}/etc/conf`)) ?? '').toString();
      if (text !== '1\ntwo\n') throw new Error(text);
    },
  },
  {
    title: 'patches the files of a directory',
    before: files('one\ntwo\n'),
    arguments: (folder) => ({ name: `${folder}/etc`, source: `${folder}/change`, strip: 1 }),
    pending: (folder) => ({ comment: 'The patch would be applied', changes: { patched: `${folder}/etc` } }),
    applied: () => ({ comment: 'Patch successfully applied' }),
  },
  {
    title: 'knows a patch that was applied',
    before: files('1\ntwo\n'),
    arguments: (folder) => ({ name: `${folder}/etc/conf`, source: `${folder}/change` }),
    ok: () => 'Patch was already applied',
  },
  {
    title: 'leaves the parts that do not fit where they are asked for',
    before: files('other\n'),
    arguments: (folder) => ({
      name: `${folder}/etc/conf`,
      source: `${folder}/change`,
      reject_file: `${folder}/rejects`,
    }),
    pending: (folder) => ({
      comment: [
        'Patch would not apply cleanly, no changes made',
        `checking file ${folder}/etc/conf`,
        'Hunk #1 FAILED at 1.',
        '1 out of 1 hunk FAILED',
        `The rejects would be written to ${folder}/rejects`,
      ].join('\n'),
      changes: { rejects: `${folder}/rejects` },
    }),
    applied: (folder) => ({
      comment: [
        'Patch would not apply cleanly, no changes made',
        `checking file ${folder}/etc/conf`,
        'Hunk #1 FAILED at 1.',
        '1 out of 1 hunk FAILED',
      ].join('\n'),
      failed: true,
    }),
    after: async (folder, host) => {
      const text = Buffer.from((await host.files.read(`${folder}/rejects`)) ?? '').toString();
      if (!text.includes('-one\n+1\n')) throw new Error(text);
    },
  },
  {
    title: 'allows no option that says where the result goes',
    before: files('one\ntwo\n'),
    arguments: (folder) => ({ name: `${folder}/etc/conf`, source: `${folder}/change`, options: '-o /tmp/x' }),
    fails: () => 'The following CLI options are not allowed: -o',
  },
]);
