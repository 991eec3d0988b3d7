import { describeState, fakeApt } from '@brine/testkit';
import { held } from './held.ts';
import { installed } from './installed.ts';
import { latest } from './latest.ts';
import { purged } from './purged.ts';
import { removed } from './removed.ts';
import { unheld } from './unheld.ts';
import { uptodate } from './uptodate.ts';

const offered = { nginx: ['1.22', '1.18'], vim: ['9.0'] };
const note = 'The package lists are old and would be refreshed first.';

describeState(installed, [
  {
    title: 'installs what is missing and tells the versions',
    before: fakeApt({ offered }),
    arguments: { name: 'web', pkgs: ['nginx', { vim: '9.0' }] },
    pending: {
      comment: 'The following packages would be installed/updated: nginx, vim',
      changes: { nginx: { new: 'installed', old: '' }, vim: { new: 'installed', old: '' } },
    },
    applied: {
      comment: 'The following packages were installed/updated: nginx, vim=9.0',
      changes: { nginx: { old: '', new: '1.22' }, vim: { old: '', new: '9.0' } },
    },
  },
  {
    title: 'is content with what is installed, whatever is on offer',
    before: fakeApt({ installed: { nginx: '1.18' }, offered }),
    arguments: { name: 'nginx' },
    ok: 'All specified packages are already installed',
  },
  {
    title: 'moves to the newest version that fits a comparison',
    before: fakeApt({ installed: { nginx: '1.22' }, offered }),
    arguments: { name: 'nginx', version: '<1.20' },
    pending: {
      comment: 'The following packages would be installed/updated: nginx',
      changes: { nginx: { new: 'installed', old: '' } },
    },
    applied: {
      comment: 'The following packages were installed/updated: nginx<1.20',
      changes: { nginx: { old: '1.22', new: '1.18' } },
    },
  },
  {
    title: 'says what resembles a name that nobody knows',
    before: fakeApt({ offered }),
    arguments: { name: 'nginz' },
    pending: {
      comment: 'The following packages would be installed/updated: nginz',
      changes: { nginz: { new: 'installed', old: '' } },
    },
    applied: { comment: "Package 'nginz' not found (possible matches: nginx)", changes: {}, failed: true },
  },
  {
    title: 'refreshes old lists before it says that a package is the latest, and only when it applies',
    before: fakeApt({ installed: { vim: '9.0' }, offered, published: { vim: ['9.1'] } }),
    arguments: { name: 'vim', version: 'latest' },
    pending: { comment: note, changes: {} },
    applied: {
      comment: 'The following packages were installed/updated: vim=latest',
      changes: { vim: { old: '9.0', new: '9.1' } },
    },
  },
  {
    title: 'holds what is installed',
    before: fakeApt({ installed: { nginx: '1.22' }, offered }),
    arguments: { name: 'nginx', hold: true },
    pending: { comment: 'Package nginx is set to be held.', changes: { nginx: { new: 'hold', old: 'install' } } },
    applied: {
      comment: 'Package nginx is now being held.\nThe following packages were already installed: nginx',
    },
  },
  {
    title: 'refuses a name that could be an option',
    before: fakeApt(),
    arguments: { name: '--force-yes' },
    fails: 'The name --force-yes cannot be that of a package',
  },
]);
describeState(latest, [
  {
    title: 'upgrades by fresh lists',
    before: fakeApt({ installed: { nginx: '1.18', vim: '9.0' }, offered, fresh: true }),
    arguments: { name: 'all', pkgs: ['nginx', 'vim'] },
    pending: {
      comment:
        'The following packages would be installed/upgraded: nginx\nThe following packages are already up-to-date: vim',
      changes: { nginx: { new: '1.22', old: '' } },
    },
    applied: {
      comment:
        'The following packages were successfully installed/upgraded: nginx The following packages were already up-to-date: vim',
      changes: { nginx: { old: '1.18', new: '1.22' } },
    },
  },
  {
    title: 'leaves old lists alone in a dry run, and looks again with fresh ones when it applies',
    before: fakeApt({ installed: { vim: '9.0' }, offered, published: { vim: ['9.1', '9.0'] } }),
    arguments: { name: 'vim' },
    pending: { comment: `The following packages are already up-to-date: vim\n${note}`, changes: {} },
    applied: {
      comment: 'The following packages were successfully installed/upgraded: vim',
      changes: { vim: { old: '9.0', new: '9.1' } },
    },
  },
  {
    title: 'waits with a verdict on unknown names until the lists are fresh',
    before: fakeApt({ published: { vim: ['9.1'] } }),
    arguments: { name: 'none' },
    pending: { comment: note, changes: {} },
    applied: { comment: "No information found for 'none'.", changes: {}, failed: true },
  },
  {
    title: 'never refreshes when that is forbidden',
    before: fakeApt({ installed: { vim: '9.0' }, offered, published: { vim: ['9.1'] } }),
    arguments: { name: 'vim', refresh: false },
    ok: 'Package vim is already up-to-date',
  },
]);
describeState(uptodate, [
  {
    title: 'upgrades everything that is not held',
    before: fakeApt({ installed: { nginx: '1.18', vim: '8.0' }, held: ['vim'], offered }),
    arguments: { name: 'all' },
    pending: { comment: 'System update will be performed', changes: { nginx: { new: '1.22', old: '1.18' } } },
    applied: { comment: 'Upgrade ran successfully' },
  },
  {
    title: 'refreshes old lists first when it applies',
    before: fakeApt({ installed: { vim: '9.0' }, offered }),
    arguments: { name: 'all', refresh: true },
    pending: { comment: `System update will be performed. ${note}`, changes: {} },
    applied: { comment: 'System is already up-to-date' },
  },
]);
describeState(removed, [
  {
    title: 'removes a package and leaves its configuration',
    before: fakeApt({ installed: { telnet: '1' } }),
    arguments: { name: 'telnet' },
    pending: {
      comment: 'The following packages will be removed: telnet.',
      changes: { telnet: { new: 'removed', old: '' } },
    },
    applied: { comment: 'All targeted packages were removed.', changes: { telnet: { old: '1', new: '' } } },
    verify: (host) => {
      const { telnet } = host.facts.get('packages') as Record<string, { configOnly?: boolean }>;
      if (telnet?.configOnly !== true) throw new Error('its configuration is gone');
    },
  },
  {
    title: 'has nothing to do without the package',
    before: fakeApt(),
    arguments: { name: 'telnet' },
    ok: 'All specified packages are already absent',
  },
  {
    title: 'knows that what can be no package is none',
    before: fakeApt(),
    arguments: { name: "remove-['a', 'b']" },
    ok: 'All specified packages are already absent',
  },
  {
    title: 'leaves another version than the one named',
    before: fakeApt({ installed: { telnet: '1' } }),
    arguments: { name: 'telnet', version: '2' },
    ok: 'All specified packages (matching specified versions) are already absent',
  },
]);
describeState(purged, [
  {
    title: 'removes packages with all that is theirs',
    before: fakeApt({ installed: { telnet: '1' } }),
    arguments: { name: 'old', pkgs: ['telnet', 'rsh'] },
    pending: {
      comment: 'The following packages will be purged: telnet.',
      changes: { telnet: { new: 'purged', old: '' } },
    },
    applied: {
      comment: 'The following packages were not installed: rsh The following packages were purged: telnet.',
      changes: { telnet: { old: '1', new: '' } },
    },
  },
]);
describeState(held, [
  {
    title: 'holds packages and releases others when asked to',
    before: fakeApt({ installed: { nginx: '1', vim: '2' }, held: ['vim'] }),
    arguments: { name: 'nginx', replace: true },
    pending: {
      comment: 'Package nginx is set to be held.\nPackage vim is set to be unheld.',
      changes: { nginx: { new: 'hold', old: 'install' }, vim: { new: 'install', old: 'hold' } },
    },
    applied: { comment: 'Package nginx is now being held.\nPackage vim is no longer being held.' },
  },
  {
    title: 'cannot hold what is not installed',
    before: fakeApt(),
    arguments: { name: 'nginx' },
    fails: 'Package nginx not installed.',
  },
]);
describeState(unheld, [
  {
    title: 'releases packages',
    before: fakeApt({ installed: { nginx: '1' }, held: ['nginx'] }),
    arguments: { name: 'nginx' },
    pending: { comment: 'Package nginx is set to be unheld.', changes: { nginx: { new: 'install', old: 'hold' } } },
    applied: { comment: 'Package nginx is no longer being held.' },
  },
]);
