import { createFakeHost, type FakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { apk } from './apk.ts';

// Written in the form that apk prints, not recorded on Alpine.
const installed = `C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=
P:alpine-baselayout
V:3.4.3-r1
A:x86_64
S:8899
I:331776
T:Alpine base dir structure and init scripts
U:https://git.alpinelinux.org/cgit/aports/tree/main/alpine-baselayout
L:GPL-2.0-only
o:alpine-baselayout
m:Natanael Copa <ncopa@alpinelinux.org>
t:1683642107
F:dev
F:etc
R:motd
Z:Q1SLkS9hBidUbPwwrw+XR0Whv3ww8=

C:Q1nA9BjyWrHu5TTz4sVnOZcBGWhYU=
P:busybox
V:1.36.1-r2
A:x86_64
T:Size optimized toolbox of many common UNIX utilities
p:/bin/sh cmd:busybox=1.36.1-r2 cmd:sh=1.36.1-r2
F:bin
R:busybox
a:0:0:755
`;

function machine(answers: Readonly<Record<string, string>> = {}): FakeHost {
  return createFakeHost({
    files: { '/lib/apk/db/installed': installed, '/etc/apk/world': 'alpine-baselayout\nbusybox=1.36.1-r2\nnginx>1\n' },
    programs: { apk: (args) => answers[args.join(' ')] ?? { exitCode: 1, stderr: `ERROR: ${args.join(' ')}\n` } },
  });
}

it('reads what is installed, provided and pinned', async () => {
  expect(await apk.installed(machine())).toEqual({
    packages: new Map([
      ['alpine-baselayout', { version: '3.4.3-r1', isConfigOnly: false, isHeld: false }],
      ['busybox', { version: '1.36.1-r2', isConfigOnly: false, isHeld: true }],
    ]),
    provided: new Set(['/bin/sh', 'cmd:busybox', 'cmd:sh']),
  });
});

it('reads what repositories offer, without what is only installed', async () => {
  const policy = `nginx policy:
  1.24.0-r6:
    lib/apk/db/installed
  1.24.0-r7:
    https://dl-cdn.alpinelinux.org/alpine/v3.18/main
  1.25.1-r0:
    @edge https://dl-cdn.alpinelinux.org/alpine/edge/main
`;
  const host = machine({ 'policy -- nginx': policy });
  expect(await apk.versions(host, 'nginx')).toEqual(['1.25.1-r0', '1.24.0-r7']);
});

it('reads what an upgrade would change', async () => {
  const simulated = `(1/2) Upgrading busybox (1.36.1-r2 -> 1.36.1-r5)
(2/2) Upgrading ssl_client (1.36.1-r2 -> 1.36.1-r5)
OK: 8 MiB in 15 packages
`;
  const host = machine({ 'upgrade --simulate': simulated });
  expect(await apk.upgrades(host, { distUpgrade: false })).toEqual(
    new Map([
      ['busybox', '1.36.1-r5'],
      ['ssl_client', '1.36.1-r5'],
    ]),
  );
});

it('tells files, their owner and details', async () => {
  const host = machine();
  expect(await apk.files(host, 'busybox')).toEqual(['/bin/busybox']);
  expect(await apk.files(host, 'nginx')).toBeUndefined();
  expect([await apk.owner(host, '/etc/motd'), await apk.owner(host, '/etc/fstab')]).toEqual(['alpine-baselayout', '']);
  const details = await apk.details(host, ['alpine-baselayout']);
  expect(details.get('alpine-baselayout')?.[0]).toMatchObject({ arch: 'x86_64', build_date_time_t: 1683642107 });
});

it('installs versions, and leaves what is pinned alone unless that is allowed', async () => {
  const host = machine({ '--wait 300 add --upgrade -- nginx=1.24.0-r7': '' });
  await apk.install(host, [{ name: 'nginx', version: '1.24.0-r7' }], {});
  expect(host.started.map(({ command }) => command)).toEqual([
    ['apk', '--wait', '300', 'add', '--upgrade', '--', 'nginx=1.24.0-r7'],
  ]);
  await expect(apk.install(host, [{ name: 'busybox' }], {})).rejects.toMatchObject({ code: 'state-failed' });
});

it('throws what apk complained about', async () => {
  const failing = apk.install(machine(), [{ name: 'nope' }], {});
  await expect(failing).rejects.toThrow('ERROR: --wait 300 add --upgrade -- nope');
});
