import { toPlain, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

/** A machine whose pip tells what it was given, with the file of requirements it was lent. */
function machine() {
  const host = createFakeHost({
    files: { '/cache/req.txt': 'flask\n', '/tmp/x': '' },
    passwd: ['app:x:1000:1000::/home/app:/bin/sh'],
    programs: {
      pip3: async (args, self) => {
        const file = args.find((word) => word.startsWith('--requirement=/tmp/'))?.slice('--requirement='.length);
        const lent = file === undefined ? undefined : await self.files.stat(file);
        return lent === undefined ? 'done\n' : `uid ${String(lent.uid)} mode ${lent.mode.toString(8)}\n`;
      },
    },
  });
  const fileServer = {
    fetch: async (url: string) => (url === 'salt://req.txt' ? { path: '/cache/req.txt', sha256: '' } : undefined),
  };
  const call = async (name: string, keyword: Readonly<Record<string, Plain>>) =>
    toPlain((await callScratch(name, { host, keyword, context: { fileServer: fileServer as never } })).value);
  return { host, call };
}

describe('pip.install', () => {
  it('hands over every option that Salt knows', async () => {
    const { host, call } = machine();
    await call('pip.install', {
      ...{ pkgs: ['flask'], log: '/var/log/pip.log', proxy: 'proxy:3128', timeout: 5, source: '/src' },
      ...{ editable: 'git+https://git.example/a.git#egg=a,/srv/b', find_links: '/a,https://example/b' },
      ...{ index_url: 'https://index.example/simple', trusted_host: 'index.example', build: '/build' },
      ...{ download_cache: '/cache', exists_action: 's', global_options: '--a,--b', install_options: ['--c'] },
      ...{ ignore_installed: true, no_install: true, no_download: true, pre_releases: true, cert: '/ca.pem' },
      ...{ allow_all_external: true, allow_external: 'x,y', allow_unverified: ['z'], no_cache_dir: true },
      ...{ process_dependency_links: true, no_binary: ':all:', disable_version_check: true },
      ...{ extra_args: ['--quiet', { '--python': '/usr/bin/python3' }], use_vt: true, no_use_wheel: true },
    });
    expect(host.started.map(({ command }) => command)).toEqual([
      [
        '/usr/bin/pip3',
        'install',
        ...['--log=/var/log/pip.log', '--proxy=proxy:3128', '--timeout=5', '--find-links=/a'],
        ...['--find-links=https://example/b', '--index-url=https://index.example/simple', '--build=/build'],
        ...['--cache-dir=/cache', '--src=/src', '--exists-action=s', '--global-option=--a', '--global-option=--b'],
        ...['--install-option=--c', '--cert=/ca.pem', '--allow-external=x', '--allow-external=y'],
        ...['--allow-unverified=z', '--trusted-host=index.example', '--no-binary=:all:'],
        ...['--ignore-installed', '--no-install', '--no-download', '--pre', '--allow-all-external'],
        ...['--process-dependency-links', '--no-cache-dir', '--disable-pip-version-check'],
        ...['--quiet', '--python', '/usr/bin/python3'],
        ...['--editable=git+https://git.example/a.git#egg=a', '--editable=/srv/b', '--', 'flask'],
      ],
    ]);
  });

  it.each<[Readonly<Record<string, Plain>>, string]>([
    [{ timeout: 1.5 }, "'1.5' is not a valid timeout, must be an integer"],
    [{ index_url: 'index.example' }, "'index.example' is not a valid URL"],
    [{ no_index: true, extra_index_url: 'https://x.example' }, 'are mutually exclusive.'],
    [{ exists_action: 'a' }, "The exists_action pip option only supports the values s, i, w, and b. 'a' is not valid."],
    [{ editable: 'git+https://git.example/a.git' }, 'You must specify an egg for this editable'],
    [{ proxy: 'a\nb' }, 'The options of pip are texts on one line.'],
    [{ mirrors: 'http://m.example' }, 'mirrors, which pip gave up'],
  ])('refuses %j before it starts anything', async (options, message) => {
    const { host, call } = machine();
    await expect(call('pip.install', { pkgs: 'flask', ...options })).rejects.toThrow(message);
    expect(host.started).toEqual([]);
  });

  it('fetches a file of requirements, and lends it to the user who runs pip', async () => {
    const { host, call } = machine();
    const fetched = await call('pip.install', { requirements: 'salt://req.txt', proxy: false, env_vars: { A: 'b' } });
    expect(fetched).toMatchObject({ retcode: 0, stdout: 'done' });
    expect(host.started[0]).toMatchObject({
      command: ['/usr/bin/pip3', 'install', '--requirement=/cache/req.txt', '--'],
      environment: { A: 'b' },
    });
    const lent = await call('pip.install', { requirements: 'salt://req.txt', user: 'app' });
    expect(lent).toMatchObject({ stdout: 'uid 1000 mode 500' });
    expect(await host.files.list('/tmp')).toEqual(['x']);
    expect(await call('pip.install', { requirements: 'salt://none.txt' })).toEqual({
      result: false,
      comment: "pip requirements file 'salt://none.txt' not found",
    });
  });
});

it('removes packages with the options of Salt, by the pip of a Python', async () => {
  const host = createFakeHost({ programs: { '/opt/py/bin/python3': () => '' } });
  const keyword = { pkgs: 'six', bin_env: '/opt/py/bin/python3', proxy: 'p:1', timeout: 3, log: '/l', use_vt: true };
  await callScratch('pip.uninstall', { host, keyword });
  expect(host.started.map(({ command }) => command)).toEqual([
    ['/opt/py/bin/python3', '-m', 'pip', 'uninstall', '-y', '--log=/l', '--proxy=p:1', '--timeout=3', '--', 'six'],
  ]);
});
