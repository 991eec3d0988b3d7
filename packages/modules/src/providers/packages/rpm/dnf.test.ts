import { createFakeHost, type FakeHost, type FakeHostSetup } from '@brine/testkit';
import { expect, it } from 'vitest';
import { createDnf } from './dnf.ts';

const rpm: NonNullable<FakeHostSetup['programs']>[string] = (args) =>
  args[0] === '--eval'
    ? 'x86_64\n'
    : [
        'bash\t0\t5.1.8-6.el9\tx86_64\tbash /bin/sh \n',
        'kernel\t0\t5.14.0-70.el9\tx86_64\tkernel \n',
        'kernel\t0\t5.14.0-162.el9\tx86_64\tkernel \n',
        'glibc\t0\t2.34-60.el9\ti686\tglibc \n',
        'gpg-pubkey\t0\t8483c65d-5ccc5b19\t(none)\tgpg \n',
        'dbus\t1\t1.12.20-8.el9\tx86_64\tdbus \n',
      ].join('');

// In the form that yum prints where a long name breaks the line; not recorded.
const yumList = `Available Packages
bash.x86_64                              4.2.46-35.el7_9                  updates
a-package-with-quite-a-long-name.noarch
                                         1.0-1.el7                        epel
glibc.i686                               2.17-326.el7_9                   updates
`;

function machine(files: FakeHostSetup['files'] = {}): FakeHost {
  return createFakeHost({ files, programs: { rpm, yum: () => yumList, dnf: () => '' } });
}

it('reads rpm, with packages of other architectures and several versions of one', async () => {
  const lock = { '/etc/dnf/plugins/versionlock.list': '# Added lock\nbash-0:5.1.8-6.el9.*\n!vim-2:8.2-1.el9.*\n' };
  const { packages, provided } = await createDnf('dnf').installed(machine(lock));
  const base = { isConfigOnly: false, isHeld: false };
  expect([...packages]).toEqual([
    ['bash', { ...base, version: '5.1.8-6.el9', isHeld: true }],
    ['kernel', { ...base, version: '5.14.0-162.el9', versions: ['5.14.0-70.el9', '5.14.0-162.el9'] }],
    ['glibc.i686', { ...base, version: '2.34-60.el9' }],
    ['dbus', { ...base, version: '1:1.12.20-8.el9' }],
  ]);
  expect(provided.has('/bin/sh')).toBe(true);
});

it("reads yum's columns", async () => {
  expect(await createDnf('yum').candidates(machine(), ['bash'])).toEqual(
    new Map([
      ['bash', '4.2.46-35.el7_9'],
      ['a-package-with-quite-a-long-name', '1.0-1.el7'],
      ['glibc.i686', '2.17-326.el7_9'],
    ]),
  );
});

it('installs, downgrades and reinstalls, each with its own verb', async () => {
  const host = machine();
  await createDnf('dnf').install(
    host,
    [
      { name: 'vim', version: '2:8.2.2637-20.el9' },
      { name: 'dbus', version: '1:1.12.20-7.el9' },
      { name: 'bash' },
      { name: 'kernel', version: '5.14.0-70.el9' },
    ],
    { reinstall: true, fromRepository: 'updates', recommends: false, skipVerify: true },
  );
  const common = ['--disablerepo=*', '--enablerepo=updates', '--nogpgcheck', '--setopt=install_weak_deps=0'];
  expect(host.started.map(({ command }) => command)).toEqual([
    [
      'dnf',
      '-q',
      '-y',
      'install',
      '--best',
      '--allowerasing',
      ...common,
      'vim-8.2.2637-20.el9',
      'kernel-5.14.0-70.el9',
    ],
    ['dnf', '-q', '-y', 'downgrade', ...common, 'dbus-1.12.20-7.el9'],
    ['dnf', '-q', '-y', 'reinstall', ...common, 'bash'],
  ]);
});

it('releases what is held for as long as an installation lasts, when that is allowed', async () => {
  const host = machine({ '/etc/dnf/plugins/versionlock.list': 'bash-0:5.1.8-6.el9.*\n' });
  await createDnf('dnf').install(host, [{ name: 'bash' }], { changeHeld: true });
  expect(host.started.map(({ command }) => command)).toEqual([
    ['dnf', '-q', 'versionlock', 'delete', 'bash'],
    ['dnf', '-q', '-y', 'install', '--best', '--allowerasing', 'bash'],
    ['dnf', '-q', 'versionlock', 'add', 'bash'],
  ]);
});

it('takes the locks of yum off by their entries', async () => {
  const host = machine({ '/etc/yum/pluginconf.d/versionlock.list': '0:bash-4.2.46-35.el7.*\n' });
  await createDnf('yum').hold(host, ['bash', 'vim'], false);
  expect(host.started.map(({ command }) => command)).toEqual([
    ['yum', '-q', 'versionlock', 'delete', '0:bash-4.2.46-35.el7.*'],
  ]);
});
