import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { choosePackageManager } from './choose-package-manager.ts';

const machineWith = (...programs: readonly string[]) =>
  createFakeHost({ programs: Object.fromEntries(programs.map((program) => [program, () => ''])) });

it.each([
  ['Debian', ['apt-get', 'dnf'], 'apt'],
  ['RedHat', ['apt-get', 'dnf', 'yum'], 'dnf'],
  ['RedHat', ['yum'], 'yum'],
  ['Suse', ['apt-get', 'zypper'], 'zypper'],
  ['Alpine', ['apk'], 'apk'],
  ['Arch', ['dnf', 'pacman'], 'pacman'],
  ['Unheard', ['zypper'], 'zypper'],
  ['Arch', ['apt-get'], 'apt'],
])('takes on %s with %j: %s', async (family, programs, name) => {
  const found = await choosePackageManager(machineWith(...programs), new Map([['os_family', family]]));
  expect(found.name).toBe(name);
});

it('says when there is none', async () => {
  await expect(choosePackageManager(machineWith(), new Map())).rejects.toMatchObject({ code: 'provider-missing' });
});
