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
    title: 'allows no option that says where the result goes',
    before: files('one\ntwo\n'),
    arguments: (folder) => ({ name: `${folder}/etc/conf`, source: `${folder}/change`, options: '-o /tmp/x' }),
    fails: () => 'The following CLI options are not allowed: -o',
  },
]);
