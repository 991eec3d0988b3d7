/* oxlint-disable vitest/no-standalone-expect -- `verify` runs inside the cases of describeState */
import { describeState, fakeApt } from '@brine/testkit';
import { expect } from 'vitest';
import { fakeDnf } from '../../../test-support/fake-dnf.ts';
import { downloaded } from './downloaded.ts';
import { groupInstalled } from './group-installed.ts';
import { installed } from './installed.ts';
import { patchDownloaded } from './patch-downloaded.ts';
import { patchInstalled } from './patch-installed.ts';

const surroundings = { grains: { os_family: 'RedHat' } };
const fresh = { new: 'installed', old: '' };

describeState(groupInstalled, [
  {
    title: 'installs what is mandatory, default and included',
    before: fakeDnf({}),
    surroundings,
    arguments: { name: 'Load Balancer', include: ['extra'] },
    pending: {
      comment: "Group 'Load Balancer' will be installed",
      changes: { hello: fresh, tool: fresh, extra: fresh },
    },
    applied: {
      comment: "Group 'Load Balancer' was installed",
      changes: {
        ...{ hello: { old: '', new: '1.1-1' }, tool: { old: '', new: '1.0-1' }, extra: { old: '', new: '1.0-1' } },
      },
    },
  },
  {
    title: 'completes a group without what is skipped',
    before: fakeDnf({ extra: '1.0-1' }),
    surroundings,
    arguments: { name: 'lb', skip: ['tool'] },
    pending: { comment: "Group 'lb' is partially installed and will be updated", changes: { hello: fresh } },
    applied: { comment: "Group 'lb' was updated", changes: { hello: { old: '', new: '1.1-1' } } },
  },
  {
    title: 'installs the groups of an environment',
    before: fakeDnf({ hello: '1.1-1', tool: '1.0-1' }),
    surroundings,
    arguments: { name: 'Server' },
    pending: { comment: "Group 'Server' is partially installed and will be updated", changes: { base: fresh } },
    applied: { comment: "Group 'Server' was updated", changes: { base: { old: '', new: '1.0-1' } } },
  },
  {
    title: 'leaves a group that is installed',
    before: fakeDnf({ hello: '1.1-1', tool: '1.0-1' }),
    surroundings,
    arguments: { name: 'lb' },
    ok: "Group 'lb' is already installed",
  },
  {
    title: 'skips nothing that is mandatory',
    before: fakeDnf({}),
    surroundings,
    arguments: { name: 'lb', skip: ['hello'] },
    fails: 'The following mandatory packages cannot be skipped: hello',
  },
  {
    title: 'says that a group is unknown',
    before: fakeDnf({}),
    surroundings,
    arguments: { name: 'nosuch' },
    fails: "An error was encountered while installing/updating group 'nosuch': Group 'nosuch' not found.",
  },
  {
    title: 'says what could not be installed',
    before: fakeDnf({ hello: '1.1-1', tool: '1.0-1' }),
    surroundings,
    arguments: { name: 'lb', include: ['nope'] },
    pending: { comment: "Group 'lb' is partially installed and will be updated", changes: { nope: fresh } },
    applied: { comment: 'Failed to install the following packages: nope', changes: {}, failed: true },
  },
  {
    title: 'knows no groups of apt',
    before: fakeApt({}),
    arguments: { name: 'lb' },
    fails: 'pkg.group_install not available for this platform',
  },
]);

/** A file in the cache as Salt tells it; its time is that of the fake machine. */
const inCache = (name: string, version: string) => {
  const path = `/var/cache/dnf/lab/packages/${name}-${version}.noarch.rpm`;
  const file: unknown = expect.objectContaining({ path, size: `${name}\t0\t${version}\tnoarch\n`.length });
  return { old: '', new: { [version]: file } } as never;
};

describeState(downloaded, [
  {
    title: 'fetches packages into the cache and installs none',
    before: fakeDnf({}),
    surroundings,
    arguments: { name: 'some', pkgs: ['hello', { tool: '>=1.0' }] },
    pending: {
      comment: 'The following packages would be downloaded: hello, tool',
      changes: { hello: { old: '', new: 'downloaded' }, tool: { old: '', new: 'downloaded' } },
    },
    applied: {
      comment: 'Packages downloaded: hello, tool',
      changes: { hello: inCache('hello', '1.1-1'), tool: inCache('tool', '1.0-1') },
    },
    verify: (host) => expect(host.facts.get('installed')).toEqual({}),
  },
  {
    title: 'leaves what is in the cache',
    before: {
      ...fakeDnf({}),
      files: { '/var/cache/dnf/lab/packages/hello-1.1-1.noarch.rpm': 'hello\t0\t1.1-1\tnoarch\n' },
    },
    surroundings,
    arguments: { name: 'hello', version: '1.1-1' },
    ok: 'All specified packages (matching specified versions) are already downloaded',
  },
  {
    title: 'says which package there is none of',
    before: fakeDnf({}),
    surroundings,
    arguments: { name: 'nope' },
    pending: {
      comment: 'The following packages would be downloaded: nope',
      changes: { nope: { old: '', new: 'downloaded' } },
    },
    applied: {
      comment: "Package 'nope' not found, and no possible matches were found in the package db",
      changes: {},
      failed: true,
    },
  },
  {
    title: 'has nothing to do for no packages',
    before: fakeDnf({}),
    surroundings,
    arguments: { name: 'x', pkgs: [] },
    ok: 'No packages to download provided',
  },
  {
    title: 'refuses a name that is an option',
    before: fakeDnf({}),
    surroundings,
    arguments: { name: '--nogpgcheck' },
    fails: 'The name --nogpgcheck cannot be that of a package',
  },
]);

describeState(patchInstalled, [
  {
    title: 'installs an advisory',
    before: fakeDnf({ hello: '1.0-1', tool: '1.0-1' }),
    surroundings,
    arguments: { name: 'fixes', advisory_ids: ['LAB-2026-1', 'LAB-2026-2'] },
    pending: {
      comment: 'The following advisory patches would be downloaded: LAB-2026-1',
      changes: { 'LAB-2026-1': { old: '', new: 'installed' } },
    },
    applied: { comment: '', changes: { hello: { old: '1.0-1', new: '1.1-1' } } },
    verify: (host) => {
      expect(host.started.map(({ command }) => command)).toEqual([
        ['dnf', '-q', '-y', '--best', '--allowerasing', 'update', '--advisory=LAB-2026-1'],
      ]);
    },
  },
  {
    title: 'leaves one that is installed',
    before: fakeDnf({}),
    surroundings,
    arguments: { name: 'LAB-2026-2' },
    ok: 'Advisory patch LAB-2026-2 is already installed',
  },
  {
    title: 'leaves several',
    before: fakeDnf({}),
    surroundings,
    arguments: { name: 'x', advisory_ids: ['LAB-2026-2'] },
    ok: 'All specified advisory patches are already installed',
  },
  {
    title: 'says that one is unknown',
    before: fakeDnf({}),
    surroundings,
    arguments: { name: 'LAB-2026-9' },
    pending: {
      comment: 'The following advisory patches would be downloaded: LAB-2026-9',
      changes: { 'LAB-2026-9': { old: '', new: 'installed' } },
    },
    applied: {
      comment: 'An error was encountered while downloading package(s): Advisory id "LAB-2026-9" not found',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'takes none',
    before: fakeDnf({}),
    surroundings,
    arguments: { name: 'x', advisory_ids: [] },
    ok: 'No advisory ids provided',
  },
  {
    title: 'knows none of apt',
    before: fakeApt({}),
    arguments: { name: 'LAB-2026-1' },
    fails: 'The pkg.patch_installed state is not available on this platform',
  },
]);

const zypperPatches = (status: string): string =>
  `<?xml version='1.0'?><stream><search-result version="0.0"><solvable-list>
<solvable status="${status}" name="SUSE-2026-1" summary="Security &amp; more" kind="patch"/>
</solvable-list></search-result></stream>`;

describeState(patchInstalled, [
  {
    title: 'installs a patch on zypper',
    before: {
      facts: { status: 'not-installed' },
      programs: {
        rpm: (words) => (words[0] === '--eval' ? 'x86_64\n' : 'bash\t0\t5-1\tx86_64\tbash \n'),
        zypper: (words, machine) => {
          if (!words.includes('install')) return zypperPatches(String(machine.facts.get('status')));
          machine.facts.set('status', 'installed');
          return { exitCode: 102 };
        },
      },
    },
    surroundings: { grains: { os_family: 'Suse' } },
    arguments: { name: 'SUSE-2026-1' },
    pending: {
      comment: 'The following advisory patches would be downloaded: SUSE-2026-1',
      changes: { 'SUSE-2026-1': { old: '', new: 'installed' } },
    },
    applied: { comment: 'Advisory patch is not needed or related packages are already installed', changes: {} },
    verify: (host) => {
      expect(host.started.map(({ command }) => command)).toEqual([
        ['zypper', '--non-interactive', '--no-refresh', 'install', '--auto-agree-with-licenses', '--name', '--'].concat(
          'patch:SUSE-2026-1',
        ),
      ]);
    },
  },
]);

describeState(patchDownloaded, [
  {
    title: 'fetches the packages of an advisory',
    before: fakeDnf({ hello: '1.0-1' }),
    surroundings,
    arguments: { name: 'LAB-2026-1' },
    pending: {
      comment: 'The following advisory patches would be downloaded: LAB-2026-1',
      changes: { 'LAB-2026-1': { old: '', new: 'downloaded' } },
    },
    applied: { comment: '', changes: { hello: inCache('hello', '1.1-1') } },
  },
]);

const altered = {
  hello: 'S.5....T.  c /etc/hello.conf\nmissing     /usr/share/hello/version\n',
  tool: '.......T.    /usr/bin/tool\n',
};

describeState(installed, [
  {
    title: 'installs packages again whose files were altered',
    before: fakeDnf({ hello: '1.1-1', tool: '1.0-1' }, { hello: altered.hello }),
    surroundings,
    arguments: { name: 'x', pkgs: ['hello', 'tool'], pkg_verify: true },
    pending: {
      comment: [
        "Package 'hello' would be reinstalled because the following files have been altered:",
        '/etc/hello.conf:',
        '    ----------',
        '    mismatch:',
        '        - size',
        '        - md5sum',
        '        - mtime',
        '    type:',
        '        config',
        '/usr/share/hello/version:',
        '    ----------',
        '    missing:',
        '        True',
      ].join('\n'),
      changes: { hello: {} },
    },
    applied: {
      comment: [
        'The following packages were already installed: tool',
        'Package hello was reinstalled. The following files were remediated:',
        '/etc/hello.conf:',
        '    ----------',
        '    mismatch:',
        '        - size',
        '        - md5sum',
        '        - mtime',
        '    type:',
        '        config',
        '/usr/share/hello/version:',
        '    ----------',
        '    missing:',
        '        True',
      ].join('\n'),
      changes: { hello: { old: '1.1-1', new: '1.1-1' } },
    },
  },
  {
    title: 'heeds kinds of files and checks that are left out',
    before: fakeDnf(
      { hello: '1.1-1', tool: '1.0-1' },
      { hello: altered.hello.split('missing')[0] ?? '', tool: altered.tool },
    ),
    surroundings,
    arguments: { name: 'hello', pkg_verify: [{ ignore_types: ['config', 'doc'] }] },
    ok: 'All specified packages are already installed',
  },
  {
    title: 'says when that was no use',
    before: fakeDnf({ tool: '1.0-1' }, { tool: '.......T.    /usr/bin/stubborn\n' }),
    surroundings,
    arguments: { name: 'tool', pkg_verify: [{ verify_options: ['nodeps'] }] },
    pending: {
      comment:
        "Package 'tool' would be reinstalled because the following files have been altered:\n" +
        '/usr/bin/stubborn:\n    ----------\n    mismatch:\n        - mtime',
      changes: { tool: {} },
    },
    applied: {
      comment:
        'Reinstall was not successful for package tool. The following files could not be remediated:\n' +
        '/usr/bin/stubborn:\n    ----------\n    mismatch:\n        - mtime',
      changes: { tool: { old: '1.0-1', new: '1.0-1' } },
      failed: true,
    },
  },
  {
    title: 'refuses what is no check of rpm',
    before: fakeDnf({ tool: '1.0-1' }),
    surroundings,
    arguments: { name: 'tool', pkg_verify: [{ verify_options: 'root=/x' }] },
    fails: 'Failed to verify package(s): root=/x is no option of rpm that leaves a check out',
  },
  {
    title: 'cannot do that with apt',
    before: fakeApt({ installed: { vim: '9.0' } }),
    arguments: { name: 'vim', pkg_verify: true },
    fails: 'pkg.verify not implemented',
  },
]);
