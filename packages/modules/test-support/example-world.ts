import { createFakeHost, type FakeHost, type FakeProgram } from '@brine/testkit';
import { issueCertificate, issueRequest } from '../src/providers/x509/certificates.ts';
import { createKey, encodeKey, wrapPem } from '../src/providers/x509/keys.ts';
import { toName } from '../src/providers/x509/names.ts';

const says: FakeProgram = () => '';

/** Programs whose silence would be no answer. */
const talking: Readonly<Record<string, FakeProgram>> = {
  pip: (args) => (args.includes('--format=json') ? '[]' : 'pip 23.0 from /x (python 3.11)\n'),
  pip3: (args) => (args.includes('--format=json') ? '[]' : 'pip 23.0 from /x (python 3.11)\n'),
  at: () => 'job 7 at Wed Nov  4 09:09:00 2026\n',
  atq: () => '7\tWed Nov  4 09:09:00 2026 a root\n',
  virtualenv: () => 'virtualenv 20.17.1\n',
  'ovs-vsctl': (args) => (args.includes('list') ? '{"data":[["access"]],"headings":["vlan_mode"]}' : ''),
  parted: (args) =>
    args.includes('print') ? 'BYT;\n/dev/sda:10GB:scsi:512:512:gpt:A disk:;\n1:1MB:5GB:5GB:ext4::;\n' : '',
};

const everyProgram = new Proxy<Record<string, FakeProgram>>(
  {},
  { get: (_target, name) => talking[String(name)] ?? says, has: () => true },
);

const key = createKey('ec', 256);
const name = toName('CN=example');
const certificate = issueCertificate(
  {
    ...{ serial: 1n, issuer: name, subject: name, publicKey: key, extensions: [] },
    ...{ notBefore: new Date('2020-01-01'), notAfter: new Date('2049-01-01') },
  },
  key,
  'sha256',
);
const request = issueRequest({ subject: name, extensions: [] }, key, 'sha256');

/** The files that examples speak of. */
const files: Readonly<Record<string, string>> = Object.fromEntries([
  ...[
    '/path/to/file',
    '/path/to/src',
    '/path/to/binary_file',
    '/path/to/dir/file',
    '/path/to/ini',
    '/path/to/src_dir/file',
    '/path/to/my/venv/bin/python',
    '/path/to/worktree/.git',
    '/etc/sudoers',
    '/var/lib/lxc/container_name/rootfs/bin/sh',
    '/etc/modules',
    '/etc/nsswitch.conf',
    '/etc/httpd/httpd.conf',
    '/etc/httpd/conf.d/a.conf',
    '/etc/crontab',
    '/etc/hosts.deny',
    '/etc/motd',
    '/home/fred/.vimrc',
    '/var/log/syslog',
    '/dev/null',
    '/tmp/x',
    '/nonexistent/x',
    '/root/.profile',
  ].map((path) => [path, 'text of the file\n'] as const),
  ...['my.key', 'myca.key'].map((file) => [`/etc/pki/${file}`, encodeKey(key, 'pem', undefined).toString()] as const),
  ...['my.crt', 'mycert.crt', 'mycert.pem', 'myca.crt', 'test_ca/test_ca_ca_cert.crt'].map(
    (file) => [`/etc/pki/${file}`, wrapPem('CERTIFICATE', certificate)] as const,
  ),
  ['/etc/certs/test_ca/test_ca_ca_cert.crt', wrapPem('CERTIFICATE', certificate)] as const,
  ['/path/to/foo.crt', wrapPem('CERTIFICATE', certificate)] as const,
  ['/etc/pki/my.csr', wrapPem('CERTIFICATE REQUEST', request)] as const,
  ['/path/to/hash/file', `${'0'.repeat(128)}  foo\n`] as const,
  ['/path/to/test.xml', '<tests><element id="3">text</element></tests>\n'] as const,
  ['/etc/hosts', '127.0.0.1 localhost\n'] as const,
  ['/etc/fstab', ''] as const,
  ['/etc/postfix/main.cf', 'relayhost =\n'] as const,
  ['/path/to/main.cf', 'relayhost =\n'] as const,
  ['/etc/timezone', 'America/Denver\n'] as const,
  ['/etc/hostname', 'web1\n'] as const,
  ['/usr/share/zoneinfo/America/Denver', 'zone'] as const,
  ['/proc/uptime', '100.5 200.1\n'] as const,
  ['/proc/stat', 'cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nbtime 1700000000\n'] as const,
  ['/proc/sys/net/ipv4/ip_forward', '0\n'] as const,
  ['/proc/mounts', '/dev/sda1 / ext4 rw,relatime 0 0\n'] as const,
  ['/proc/loadavg', '0.1 0.2 0.3 1/100 1234\n'] as const,
  ['/etc/iptables/rules.v4', '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n'] as const,
  ['/etc/supervisor/supervisord.conf', '[program:foo]\ncommand=/bin/foo\n'] as const,
]);

const disks = Object.fromEntries(
  ['/dev/sda', '/dev/sda1', '/dev/sda2', '/dev/sdb', '/dev/sdb1'].map(
    (path) => [path, { device: 'block-device' }] as const,
  ),
);

const folders = Object.fromEntries(
  ['/etc/default', '/etc/modprobe.d', '/etc/network/if-up.d', '/etc/network/if-down.d'].map(
    (path) => [path, { directory: true }] as const,
  ),
);

/** A machine with the files examples speak of and with every program, each of which ends well and mostly says nothing. */
export function createExampleHost(): FakeHost {
  return createFakeHost({
    programs: everyProgram,
    passwd: [
      'root:x:0:0:root:/root:/bin/bash',
      'ann:x:1000:1000::/home/ann:/bin/sh',
      'name:x:1001:1001::/home/name:/bin/sh',
      'foo:x:1002:1002::/home/foo:/bin/sh',
    ],
    group: ['root:x:0:', 'ann:x:1000:'],
    files: { ...files, ...disks, ...folders },
  });
}
