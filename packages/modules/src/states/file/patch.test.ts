import { describeRealState } from '@brine/testkit';
import { expect } from 'vitest';
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

function patched(file: string) {
  return { retcode: 0, stdout: `patching file ${file}`, stderr: '' };
}

describeRealState(patch, [
  {
    title: 'patches a file once',
    before: files('one\ntwo\n'),
    arguments: (folder) => ({ name: `${folder}/etc/conf`, source: `${folder}/change` }),
    pending: (folder) => ({ comment: 'The patch would be applied', changes: patched(`${folder}/etc/conf`) }),
    applied: (folder) => ({
      comment: 'Patch successfully applied',
      changes: { pid: expect.any(Number) as number, ...patched(`${folder}/etc/conf`) },
    }),
    after: async (folder, host) => {
      const text = Buffer.from((await host.files.read(`${folder}/etc/conf`)) ?? '').toString();
      if (text !== '1\ntwo\n') throw new Error(text);
    },
  },
  {
    title: 'patches the files of a directory',
    before: files('one\ntwo\n'),
    arguments: (folder) => ({ name: `${folder}/etc`, source: `${folder}/change`, strip: 1 }),
    pending: () => ({ comment: 'The patch would be applied', changes: patched('conf') }),
    applied: () => ({
      comment: 'Patch successfully applied',
      changes: { pid: expect.any(Number) as number, ...patched('conf') },
    }),
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
        'Patch would not apply cleanly, no changes made. Results of dry-run are below.\n',
        `checking file ${folder}/etc/conf`,
        'Hunk #1 FAILED at 1.',
        '1 out of 1 hunk FAILED',
        `The rejects would be written to ${folder}/rejects`,
      ].join('\n'),
      changes: { rejects: `${folder}/rejects` },
    }),
    applied: (folder) => ({
      comment: [
        'Patch would not apply cleanly, no changes made. Results of dry-run are below.\n',
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
    title: 'names the patch whose digest is another',
    before: async (folder, host) => {
      await host.files.write(`${folder}/conf`, Buffer.from('one\n'));
      await host.files.write(`${folder}/change`, Buffer.from('no patch\n'));
    },
    arguments: (folder) => ({
      name: `${folder}/conf`,
      source: `${folder}/change`,
      source_hash: `md5=${'0'.repeat(32)}`,
    }),
    fails: (folder) =>
      `Specified md5 checksum for ${folder}/change (${'0'.repeat(32)}) does not match actual checksum (49981065bb91a358974843d8f078810f). If the 'source_hash' value refers to a remote file with multiple possible matches, then it may be necessary to set 'source_hash_name'.`,
  },
  {
    title: 'gives what the program says of something that is no patch',
    before: async (folder, host) => {
      await host.files.write(`${folder}/conf`, Buffer.from('one\n'));
      await host.files.write(`${folder}/change`, Buffer.from('no patch\n'));
    },
    arguments: (folder) => ({ name: `${folder}/conf`, source: `${folder}/change` }),
    fails: () => 'patch: **** Only garbage was found in the patch input.',
  },
  {
    title: 'allows no option that says where the result goes',
    before: files('one\ntwo\n'),
    arguments: (folder) => ({ name: `${folder}/etc/conf`, source: `${folder}/change`, options: '-o /tmp/x' }),
    fails: () => 'The following CLI options are not allowed: -o',
  },
]);
