import { describeState, type FakeProgram } from '@brine/testkit';
import { bootstrap } from './bootstrap.ts';
import { cacheCleaned } from './cache-cleaned.ts';

const prefix = 'make-fetch-happen:request-cache:https://registry.example.org';
const npm: FakeProgram = ([verb, ...args], machine, { workingDirectory }) => {
  const cached = machine.facts.get('cache') as string[];
  if (verb === 'list') return { exitCode: machine.facts.get('installed') === workingDirectory ? 0 : 1, stdout: '{}' };
  if (verb === 'install') machine.facts.set('installed', args.join(' ') === '--silent' ? workingDirectory : 'nowhere');
  if (verb !== 'cache') return '';
  if (args[0] === 'ls') return cached.map((key) => `${key}\n`).join('');
  const key = args.at(-1);
  machine.facts.set('cache', key === '--force' ? [] : cached.filter((one) => one !== key));
  return '';
};
const files = { '/srv/app/package.json': '{}', '/srv/none': { directory: true as const } };
const cache = [`${prefix}/left-pad`, `${prefix}/left-pad/-/left-pad-1.3.0.tgz`, `${prefix}/other`];
const before = { files, programs: { npm }, facts: { cache, installed: '' } };

describeState(bootstrap, [
  {
    title: 'installs what a project asks for',
    before,
    arguments: { name: '/srv/app' },
    pending: { comment: '/srv/app is set to be bootstrapped', changes: { '/srv/app': 'Bootstrapped' } },
    applied: { comment: 'Directory was successfully bootstrapped' },
  },
  {
    title: 'knows a project that has all it asks for',
    before: { ...before, facts: { cache, installed: '/srv/app' } },
    arguments: { name: '/srv/app' },
    ok: 'Directory is already bootstrapped',
  },
  {
    title: 'refuses a directory that is no project',
    before,
    arguments: { name: '/srv/none' },
    fails: "Error Bootstrapping '/srv/none': there is no package.json",
  },
]);
describeState(cacheCleaned, [
  {
    title: 'forgets one package',
    before,
    arguments: { name: 'left-pad' },
    pending: { comment: 'Cached left-pad set to be removed', changes: { 'left-pad': 'Removed' } },
    applied: { comment: 'Cached left-pad successfully removed' },
    verify: (host) => {
      if (String(host.facts.get('cache')) !== `${prefix}/other`) throw new Error('it forgot another package');
    },
  },
  {
    title: 'forgets all packages',
    before,
    arguments: {},
    pending: { comment: 'Cached packages set to be removed', changes: { cache: 'Removed' } },
    applied: { comment: 'Cached packages successfully removed' },
  },
  {
    title: 'has nothing to do for what is not cached',
    before,
    arguments: { name: 'right-pad' },
    ok: 'Package right-pad is not in the cache',
  },
]);
