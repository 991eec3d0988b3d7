import { describeState } from '@brine/testkit';
import { syncAll } from './sync-all.ts';
import { syncGrains } from './sync-grains.ts';
import { syncModules } from './sync-modules.ts';

describeState(syncModules, [
  { title: 'has nothing to do', arguments: { name: 'x', refresh: true }, ok: 'No updates to sync' },
]);

const options = { extension_modules: '/var/ext', clean_dynamic_modules: true };
const module = 'def site():\n    return {"site": "berlin"}\n';
const functions = { 'state.show_top': () => ({ base: ['web'] }), 'saltutil.refresh_grains': () => true };

for (const [state, done] of [
  [syncAll, 'Sync performed'],
  [syncGrains, 'Updated grains.'],
] as const)
  describeState(state, [
    {
      title: 'fetches what is new or changed, and removes what the tree does not have any more',
      before: {
        files: {
          '/var/ext/grains/site.py': 'old',
          '/var/ext/grains/gone/deep.py': '',
          '/var/ext/grains/same.py': 'same',
        },
      },
      surroundings: {
        options,
        functions,
        served: {
          '_grains/site.py': module,
          '_grains/new/deep.mjs': '',
          '_grains/same.py': 'same',
          '_grains/README': '',
        },
      },
      arguments: { name: 'x' },
      pending: {
        comment: `${state.name} would have been run`,
        changes: { grains: ['grains.new.deep', 'grains.site'], removed: ['grains.gone.deep'] },
      },
      applied: { comment: done },
      after: {
        '/var/ext/grains/site.py': { text: module, mode: 0o600 },
        '/var/ext/grains/new/deep.mjs': { text: '', mode: 0o600 },
        '/var/ext/grains/gone': undefined,
        '/var/ext/grains/README': undefined,
      },
    },
    {
      title: 'leaves out what the lists leave out, and keeps old modules where they are not to be removed',
      before: { files: { '/var/ext/grains/old.py': 'old' } },
      surroundings: {
        options: { ...options, clean_dynamic_modules: false, extmod_blacklist: { grains: ['other'] } },
        functions,
        served: { '_grains/other.py': '', '_grains/site.py': '', '_grains/third.py': '' },
      },
      arguments: { name: 'x', extmod_whitelist: 'site,other', refresh: false },
      pending: { comment: `${state.name} would have been run`, changes: { grains: ['grains.site'] } },
      applied: { comment: done },
      after: { '/var/ext/grains/old.py': 'old', '/var/ext/grains/other.py': undefined },
    },
    {
      title: 'has nothing to do where both are the same',
      before: { files: { '/var/ext/grains/site.py': module } },
      surroundings: { options, served: { '_grains/site.py': module } },
      arguments: { name: 'x', saltenv: 'base' },
      ok: 'No updates to sync',
    },
    {
      title: 'fails where the top files do not compile',
      surroundings: { options, functions: { 'state.show_top': () => ['no top'] } },
      arguments: { name: 'x' },
      fails: `Failed to run ${state.name.slice('saltutil.'.length)}: Unable to render top file(s)`,
    },
  ]);
