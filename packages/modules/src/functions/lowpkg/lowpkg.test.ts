import { pythonStr, toPlain, type Plain, type Value } from '@brine/common';
import { createFakeHost, type FakeHostSetup } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

function caller(setup: FakeHostSetup, grains: Plain) {
  const host = createFakeHost(setup);
  const call = async (name: string, positional: readonly Plain[] = [], keyword: Readonly<Record<string, Plain>> = {}) =>
    toPlain((await callScratch(`lowpkg.${name}`, { host, positional, keyword, grains })).value);
  return { host, call };
}

describe('lowpkg with dpkg', () => {
  const field = '\u001f';
  const record = [
    ...['curl', '', 'amd64', 'A. Nyone <a@example.org>', '', 'curl', '8.0', 'web', '', '', '', '', '', '', 'ii '],
    'a client\n for addresses',
  ].join(field);
  const debian = { os_family: 'Debian', osarch: 'amd64' };
  const { host, call } = caller(
    {
      files: {
        '/usr/share/doc/curl/copyright': 'License: curl\n text\nLicense: Apache-2\nLicense: curl\n',
        '/var/lib/dpkg/info/curl:amd64.list': { text: '', modifiedAt: 1_700_000_000_000 },
        '/root/curl.deb': '',
      },
      programs: {
        'apt-get': () => '',
        dpkg: () => '',
        'dpkg-deb': () => 'libc6\t2.36\ti386',
        'dpkg-query': (args) => {
          if (args.includes('--listfiles')) return `/.\n/usr/bin/${args.at(-1) ?? ''}\n`;
          if (args.includes('nope')) return { exitCode: 1, stderr: 'dpkg-query: no packages found matching nope\n' };
          if (args.some((word) => word.includes(field))) return `${record}\u001e`;
          if (args.includes('--show')) return 'curl\tamd64\t8.0\tpi \t\n';
          return 'installed\tcurl\t8.0\nconfig-files\told\t1\ninstalled\tsed\t4\n';
        },
      },
    },
    debian,
  );

  it('lists packages and their files', async () => {
    expect(await call('list_pkgs')).toEqual({ curl: '8.0', sed: '4' });
    expect(await call('list_pkgs', ['nope'])).toBe('Error:  dpkg-query: no packages found matching nope');
    expect(await call('file_list')).toEqual({ errors: [], files: ['/.', '/usr/bin/curl', '/usr/bin/sed'] });
    expect(await call('file_dict', ['curl'])).toEqual({
      errors: [],
      packages: { curl: ['/.', '/usr/bin/curl'], sed: ['/.', '/usr/bin/sed'] },
    });
    await expect(call('list_pkgs', ['--help'])).rejects.toThrow('must be names of packages');
  });

  it('tells all that is known of a package, or what is asked for', async () => {
    const curl = {
      ...{ package: 'curl', arch: 'amd64', maintainer: 'A. Nyone <a@example.org>', source: 'curl', version: '8.0' },
      ...{ section: 'web', status: 'ii', description: 'a client\n for addresses\n', license: 'Apache-2, curl' },
      ...{ install_date: '2023-11-14T22:13:20Z', install_date_time_t: 1_700_000_000 },
    };
    expect(await call('info', ['curl'])).toMatchObject({ curl });
    expect(await call('info', ['curl'], { attr: 'version,license' })).toEqual({
      curl: { version: '8.0', license: 'Apache-2, curl' },
    });
    await expect(call('info', ['nope'])).rejects.toThrow('Error getting packages information: dpkg-query: no packages');
    expect(await call('info', ['nope'], { failhard: false })).toEqual({});
  });

  it('reads a package file, and names a foreign architecture', async () => {
    expect(await call('bin_pkg_info', ['/root/curl.deb'])).toEqual({
      name: 'libc6:i386',
      version: '2.36',
      arch: 'i386',
    });
    await expect(call('bin_pkg_info', ['/root/none.deb'])).rejects.toThrow('/root/none.deb does not exist on minion');
    await expect(call('bin_pkg_info', ['salt://none.deb'])).rejects.toThrow(
      "Unable to retrieve salt://none.deb from saltenv 'base'",
    );
  });

  it('keeps packages that are marked, and leaves rpm to rpm', async () => {
    expect(await call('unpurge', [])).toEqual({});
    await call('unpurge', ['curl']);
    expect(host.started.at(-1)).toMatchObject({ command: ['dpkg', '--set-selections'], input: 'curl install\n' });
    await expect(call('owner', ['/usr/bin/curl'])).rejects.toThrow('lowpkg.owner is for rpm');
  });
});

describe('lowpkg with rpm', () => {
  const keyInfo =
    'Name        : gpg-pubkey\nVersion     : 3dbdc284\nArchitecture: (none)\nSize        : 0\nSummary     : gpg(openSUSE)\n' +
    'Description :\n-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: rpm-4\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\nDistribution: (none)\n';
  const { host, call } = caller(
    {
      files: { '/root/a.rpm': '', '/tmp': { directory: true } },
      programs: {
        dnf: () => '',
        rpm: (args) => {
          if (args.includes('gpg-pubkey*')) return args.includes('--root') ? '' : 'gpg-pubkey-3dbdc284-53674dd4\n';
          if (args.includes('-qi')) return keyInfo;
          if (args.includes('--import')) return { exitCode: args.includes('--root') ? 1 : 0 };
          if (args.includes('-e')) return '';
          if (args.includes('-Va'))
            return { exitCode: 1, stdout: 'S.5....T.  c /etc/a.conf\n.M.......    /usr/bin/a\n' };
          if (args.includes('-K')) return { exitCode: args.at(-1) === '/root/a.rpm' ? 0 : 1 };
          if (args.includes('-qp')) return 'a\t1:1.0-1\tnoarch';
          if (args.includes('-qf')) return 'a';
          return 'a\t1.0\nb\t2.0\n';
        },
      },
    },
    { os_family: 'RedHat' },
  );

  it('answers the same questions', async () => {
    expect(await call('list_pkgs')).toEqual({ a: '1.0', b: '2.0' });
    expect(await call('bin_pkg_info', ['/root/a.rpm'])).toEqual({ name: 'a', version: '1:1.0-1', arch: 'noarch' });
    expect(await call('checksum', ['/root/a.rpm', '/root/b.rpm'])).toEqual({
      '/root/a.rpm': true,
      '/root/b.rpm': false,
    });
    expect(await call('version_cmp', ['1:1.0-1', '1.0-2'], { ignore_epoch: true })).toBe(-1);
    expect(await call('version_cmp', ['1:1.0-1', '1.0-2'])).toBe(1);
  });

  it('tells how files were changed, and those that were changed in a way', async () => {
    const conf = ['size', 'checksum', 'time', 'config'];
    expect(await call('modified')).toEqual({ '/etc/a.conf': conf, '/usr/bin/a': ['mode'] });
    expect(await call('modified', [], { config: false })).toEqual({ '/usr/bin/a': ['mode'] });
    expect(await call('verify', [], { ignore_types: 'config' })).toEqual({ '/usr/bin/a': { mismatch: ['mode'] } });
  });

  const name = 'gpg-pubkey-3dbdc284-53674dd4';
  it('keeps keys, also those of another system below this one', async () => {
    expect([await call('list_gpg_keys'), await call('list_gpg_keys', [], { root: '/mnt' })]).toEqual([[name], []]);
    const key = {
      ...{ Name: 'gpg-pubkey', Version: '3dbdc284', Architecture: null, Size: 0, Summary: 'gpg(openSUSE)' },
      Distribution: null,
      Description: '-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: rpm-4\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----',
    };
    expect(await call('list_gpg_keys', [true])).toEqual({ [name]: key });
    expect(await call('info_gpg_key', [name])).toEqual(key);
    expect([await call('import_gpg_key', ['key']), await call('import_gpg_key', ['key', '/mnt'])]).toEqual([
      true,
      false,
    ]);
    expect(await call('remove_gpg_key', [name])).toBe(true);
    await expect(call('remove_gpg_key', ['bash'])).rejects.toThrow('bash is no key');
    const commands = host.started.map(({ command }) => (Array.isArray(command) ? command.join(' ') : ''));
    expect(commands.map((command) => command.replace(/brine-.*/, 'FILE'))).toEqual([
      'rpm --import /tmp/FILE',
      'rpm --root /mnt --import /tmp/FILE',
      `rpm -e ${name}`,
    ]);
  });

  it('compares a file with that of a package', async () => {
    const lines: string[] = [];
    const shell = async (_name: string, [line = null]: readonly Value[] = []): Promise<Value> => {
      lines.push(pythonStr(line));
      return 'Binary file (standard input) differs';
    };
    const diff = async (...positional: readonly string[]) =>
      (
        await callScratch('lowpkg.diff', {
          host,
          positional,
          grains: { os_family: 'RedHat' },
          context: { call: shell },
        })
      ).value;
    expect(await diff('/root/a.rpm', "/etc/it's")).toBe(
      "File '/etc/it's' is binary and its content has been modified.",
    );
    const quoted = String.raw`/etc/it'\''s'`;
    expect(lines).toEqual([
      `rpm2cpio '/root/a.rpm' | cpio -i --quiet --to-stdout '.${quoted} | ` +
        `diff -u --label 'A ${quoted} --from-file=- --label 'B ${quoted} '${quoted}`,
    ]);
    await expect(diff('--help', '/etc/x')).rejects.toThrow('must be an absolute path');
  });
});
