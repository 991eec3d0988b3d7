import { describeState, type FakeProgram } from '@brine/testkit';
import { managed } from './managed.ts';
import { routes } from './routes.ts';
import { system } from './system.ts';

// ifup and ifdown set the flag by which the kernel says that an interface is up.
const operate =
  (flags: string): FakeProgram =>
  async ([name], machine) => {
    const folder = `/sys/class/net/${name ?? ''}`;
    if ((await machine.files.stat(folder)) === undefined) await machine.files.makeDirectory(folder);
    await machine.files.write(`${folder}/flags`, Buffer.from(flags));
    return '';
  };
const programs = {
  ifup: operate('0x1003\n'),
  ifdown: operate('0x1002\n'),
  modprobe: (): string => '',
  ifenslave: (): string => '',
  hostname: (): string => '',
  vconfig: (): string => '',
};
const interfaces = `# as installed
source /etc/network/interfaces.d/*

auto lo eth0
iface lo inet loopback

iface eth0 inet dhcp
    # mine
    up   echo hi

auto eth1
iface eth1 inet manual
`;
const before = {
  files: {
    '/etc/network/interfaces': interfaces,
    '/etc/network/interfaces.d/lan': 'iface lan0 inet dhcp\n',
    '/sys/class/net/eth0/flags': '0x1003\n',
    '/sys/class/net/eth1/flags': '0x1002\n',
    '/etc/modprobe.d': { directory: true } as const,
  },
  programs,
};
const surroundings = { grains: { os_family: 'Debian' } };

describeState(managed, [
  {
    title: 'adds an interface with both families and leaves all other lines alone',
    before,
    surroundings,
    arguments: {
      name: 'eth2',
      proto: 'static',
      ipaddr: '10.0.0.2',
      netmask: '255.255.255.0',
      gateway: '10.0.0.1',
      dns: ['8.8.8.8', '1.1.1.1'],
      mtu: 1500,
      ipv6proto: 'static',
      ipv6ipaddr: '2001:db8::1',
      ipv6netmask: 64,
      speed: 1000,
      autoneg: true,
      hotplug: true,
    },
    pending: {
      comment: 'Interface eth2 is set to be added.',
      changes: { interface: 'Added network interface.', status: 'Interface eth2 is up' },
    },
    applied: { comment: 'Interface eth2 added.' },
    after: {
      '/etc/network/interfaces': `${interfaces}
auto eth2
allow-hotplug eth2
iface eth2 inet static
    address 10.0.0.2
    netmask 255.255.255.0
    gateway 10.0.0.1
    mtu 1500
    dns-nameservers 8.8.8.8 1.1.1.1
    ethernet-autoneg on
    link-speed 1000
iface eth2 inet6 static
    address 2001:db8::1
    netmask 64
    mtu 1500
    dns-nameservers 8.8.8.8 1.1.1.1
    ethernet-autoneg on
    link-speed 1000
`,
    },
  },
  {
    title: 'changes an interface in its place and starts it anew',
    before,
    surroundings,
    arguments: { name: 'eth0', proto: 'dhcp', up_cmds: ['echo hi', 'echo ho'] },
    pending: {
      comment:
        'Interface eth0 is set to be updated:\n--- \n+++ \n@@ -1,3 +1,4 @@\n auto eth0\n iface eth0 inet dhcp\n     up echo hi\n+    up echo ho',
      changes: {
        interface: '--- \n+++ \n@@ -1,3 +1,4 @@\n auto eth0\n iface eth0 inet dhcp\n     up echo hi\n+    up echo ho',
        status: 'Interface eth0 restart to validate',
      },
    },
    applied: { comment: 'Interface eth0 updated.' },
    after: {
      '/etc/network/interfaces': `# as installed
source /etc/network/interfaces.d/*

auto eth0
iface eth0 inet dhcp
    up echo hi
    up echo ho

auto lo
iface lo inet loopback

    # mine
auto eth1
iface eth1 inet manual
`,
    },
  },
  {
    title: 'knows an interface in a file of its own, in another order',
    before: {
      ...before,
      files: {
        ...before.files,
        '/etc/network/interfaces.d/lan': 'iface lan0 inet dhcp\n  mtu 9000\nallow-hotplug lan0\n',
      },
    },
    surroundings,
    arguments: { name: 'lan0', enabled: false, hotplug: true, proto: 'dhcp', mtu: 9000 },
    ok: 'Interface lan0 is up to date.',
  },
  {
    title: 'brings an interface down',
    before,
    surroundings,
    arguments: { name: 'eth0', enabled: false, proto: 'dhcp', up_cmds: 'echo hi', filename: 'eth0' },
    pending: {
      comment: 'Interface eth0 is set to be added.',
      changes: { interface: 'Added network interface.', status: 'Interface eth0 down' },
    },
    applied: { comment: 'Interface eth0 added.' },
    after: { '/etc/network/interfaces.d/eth0': 'iface eth0 inet dhcp\n    up echo hi\n' },
  },
  {
    title: 'writes a bond and loads its module, without bringing it up when that is not wished',
    before,
    surroundings,
    arguments: {
      name: 'bond0',
      type: 'bond',
      proto: 'manual',
      mode: '802.3ad',
      slaves: ['eth0', 'eth1'],
      'hashing-algorithm': 'layer2+3',
      noifupdown: true,
    },
    pending: {
      comment: 'Interface bond0 is set to be added.',
      changes: { interface: 'Added network interface.', bond: 'Added bond bond0.' },
    },
    applied: { comment: 'Interface bond0 added.' },
    after: {
      '/etc/modprobe.d/bond0.conf':
        'alias bond0 bonding\noptions bond0 mode=4 miimon=100 downdelay=200 updelay=0 lacp_rate=0 ad_select=0 use_carrier=on xmit_hash_policy=layer2+3 ',
      '/etc/network/interfaces': `${interfaces}
auto bond0
iface bond0 inet manual
    bond-ad_select 0
    bond-downdelay 200
    bond-lacp_rate 0
    bond-miimon 100
    bond-mode 4
    bond-slaves eth0 eth1
    bond-updelay 0
    bond-use_carrier on
    bond-xmit_hash_policy layer2+3
`,
    },
  },
  {
    title: 'names the device of a VLAN',
    before,
    surroundings,
    arguments: { name: 'eth0.5', type: 'vlan', proto: 'manual', filename: 'vlan5', noifupdown: true },
    pending: {
      comment: 'Interface eth0.5 is set to be added.',
      changes: { interface: 'Added network interface.' },
    },
    applied: { comment: 'Interface eth0.5 added.' },
    after: {
      '/etc/network/interfaces.d/vlan5': 'auto eth0.5\niface eth0.5 inet manual\n    vlan-raw-device eth0\n',
    },
  },
  {
    title: 'refuses a bridge without ports',
    before,
    surroundings,
    arguments: { name: 'br0', type: 'bridge', proto: 'dhcp' },
    fails: 'ports is a required setting for bridge interfaces',
  },
  {
    title: 'refuses a method there is not',
    before,
    surroundings,
    arguments: { name: 'eth0', proto: 'magic' },
    fails: 'Invalid option -- Interface: eth0, Option: proto, Expected: [bootp|dhcp|static|manual|loopback|ppp]',
  },
]);
describeState(routes, [
  {
    title: 'writes the scripts that set and take routes',
    before: {
      files: { '/etc/network/if-up.d': { directory: true }, '/etc/network/if-down.d': { directory: true } },
    },
    surroundings: { functions: { 'service.restart': () => true } },
    arguments: {
      name: 'eth0',
      routes: [
        { name: 'a', ipaddr: '10.1.0.0', netmask: '255.255.0.0', gateway: '10.0.0.1' },
        { ipaddr: '10.2.0.0', netmask: 16, gateway: '10.0.0.2', metric: 5 },
      ],
    },
    pending: {
      comment: 'Interface eth0 routes are set to be added.',
      changes: { network_routes: 'Added interface eth0 routes.' },
    },
    applied: { comment: 'Interface eth0 routes added.' },
    after: {
      '/etc/network/if-up.d/route-eth0': {
        text: '#!/bin/sh\n# add\ntest "${IFACE}" = "eth0" || exit 0\n# a\nip route add 10.1.0.0/255.255.0.0 via 10.0.0.1 dev eth0\nip route add 10.2.0.0/16 via 10.0.0.2 dev eth0 metric 5\n',
        mode: 0o755,
      },
    },
  },
]);
describeState(system, [
  {
    title: 'sets host name, domain and search list',
    before: {
      programs,
      files: {
        '/etc/hostname': 'old\n',
        '/etc/resolv.conf': 'nameserver 10.0.0.1\n',
        '/etc/default/networking': 'CONFIGURE_INTERFACES=yes\n',
      },
    },
    arguments: {
      name: 'network',
      enabled: true,
      hostname: 'web1.example.org',
      apply_hostname: true,
      search: ['example.org', 'example.net'],
      require_reboot: true,
    },
    pending: {
      comment:
        'Global network settings are set to be updated:\n--- \n+++ \n@@ -1 +1,3 @@\n+domain example.org\n+search example.org example.net\n nameserver 10.0.0.1\n--- \n+++ \n@@ -1 +1 @@\n-old\n+web1',
      changes: {
        network_settings:
          '--- \n+++ \n@@ -1 +1,3 @@\n+domain example.org\n+search example.org example.net\n nameserver 10.0.0.1\n--- \n+++ \n@@ -1 +1 @@\n-old\n+web1',
      },
    },
    applied: { comment: 'Global network settings are up to date.' },
    after: {
      '/etc/hostname': 'web1\n',
      '/etc/resolv.conf': 'domain example.org\nsearch example.org example.net\nnameserver 10.0.0.1\n',
      '/etc/default/networking': 'CONFIGURE_INTERFACES=yes\n',
    },
  },
  {
    title: 'has nothing to do',
    before: { files: { '/etc/hostname': 'web1\n', '/etc/default/networking': 'CONFIGURE_INTERFACES=no\n' } },
    arguments: { name: 'network', enabled: false },
    ok: 'Global network settings are up to date.',
  },
  {
    title: 'wants to know whether the network is to start where nothing says so',
    before: { files: { '/etc/hostname': 'web1\n' } },
    arguments: { name: 'network' },
    fails: 'Invalid network setting -- Setting: networking, Expected: [yes|on|true|1|True|no|off|false|0|False]',
  },
]);
