import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPlain, type Plain } from '@brine/common';
import type { Host } from '@brine/modules/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callScratch } from '../../packages/modules/test-support/scratch-context.ts';
import { makePacmanRepository } from './make-pacman-package.ts';
import { makeRpmRepository } from './make-rpm.ts';
import { createRootedHost } from './rooted-host.ts';

/** A package manager of another family, for real, in a scratch root. */
interface Family {
  readonly family: string;
  readonly prepare: (root: string) => Promise<Host>;
  /** Brings a newer version of `hello` into the repository. */
  readonly publish: (root: string) => Promise<void>;
  /** Of the first and the second version of `hello`, and of `tool`. */
  readonly versions: readonly [string, string, string];
  /** Whether an older version can still be had. */
  readonly keepsOld: boolean;
  /** Where holds are written, when the machine's own program can write them here. */
  readonly holds: boolean;
}

const hello = { name: 'hello', provides: 'greeter' };
// Stays to the end: zypper cannot read a database without any package.
const base = { name: 'base', version: '2.0' };
const tool = { name: 'tool', version: '2.0' };

async function prepareRpm(root: string, configuration: string, text: string): Promise<void> {
  await mkdir(join(root, 'repository'), { recursive: true });
  await mkdir(join(root, configuration), { recursive: true });
  await mkdir(join(root, 'var/lib/rpm'), { recursive: true });
  await writeFile(join(root, configuration, 'lab.repo'), text.replace('FOLDER', join(root, 'repository')));
  await makeRpmRepository(join(root, 'repository'), [
    { ...hello, version: '1.0' },
    { ...tool, requires: 'hello' },
    base,
  ]);
}

const repository = '[lab]\nname=lab\nbaseurl=file://FOLDER\nenabled=1\ngpgcheck=0\n';
const publishRpm = (root: string): Promise<void> =>
  makeRpmRepository(join(root, 'repository'), [{ ...hello, version: '1.1', epoch: 1 }]);

/** The plugin is taken out of its Debian package, which cannot be installed beside zypper. */
async function prepareVersionLock(root: string): Promise<readonly string[]> {
  const [plugins, unpacked] = [join(root, 'etc/dnf/plugins'), join(root, 'plugins')];
  await Promise.all([plugins, unpacked].map((folder) => mkdir(folder, { recursive: true })));
  execFileSync('apt-get', ['download', '-qq', 'dnf-plugins-core'], { cwd: unpacked, stdio: 'pipe' });
  for (const file of await readdir(unpacked)) execFileSync('dpkg-deb', ['-x', join(unpacked, file), unpacked]);
  await writeFile(join(plugins, 'versionlock.conf'), `[main]\nenabled=1\nlocklist=${plugins}/versionlock.list\n`);
  await writeFile(join(plugins, 'versionlock.list'), '');
  const modules = join(unpacked, 'usr/lib/python3/dist-packages');
  process.env['PYTHONPATH'] = modules;
  return [`pluginconfpath=${plugins}`, `pluginpath=${modules}/dnf-plugins`];
}

const families: readonly Family[] = [
  {
    family: 'RedHat',
    versions: ['1.0-1', '1:1.1-1', '2.0-1'],
    keepsOld: true,
    holds: true,
    prepare: async (root) => {
      await prepareRpm(root, 'etc/yum.repos.d', repository);
      const folders = [`reposdir=${root}/etc/yum.repos.d`, ...(await prepareVersionLock(root))];
      const dnf = [`--installroot=${root}`, '--releasever=1', ...folders.map((folder) => `--setopt=${folder}`)];
      return createRootedHost(root, { rpm: ['--root', root], dnf });
    },
    publish: publishRpm,
  },
  {
    family: 'Suse',
    versions: ['1.0-1', '1:1.1-1', '2.0-1'],
    keepsOld: true,
    holds: true,
    prepare: async (root) => {
      await prepareRpm(root, 'etc/zypp/repos.d', repository);
      return createRootedHost(root, { rpm: ['--root', root, '--dbpath', '/var/lib/rpm'], zypper: ['--root', root] });
    },
    publish: publishRpm,
  },
  {
    family: 'Arch',
    versions: ['1.0-1', '1.1-1', '2.0-1'],
    keepsOld: false,
    holds: true,
    prepare: async (root) => {
      for (const folder of ['repository', 'etc', 'var/lib/pacman', 'var/cache']) {
        await mkdir(join(root, folder), { recursive: true });
      }
      const options = ['[options]', `RootDir = ${root}`, `DBPath = ${root}/var/lib/pacman/`];
      options.push(`CacheDir = ${root}/var/cache/`, 'Architecture = auto', 'SigLevel = Never');
      const server = `[lab]\nServer = file://${root}/repository\n`;
      await writeFile(join(root, 'etc/pacman.conf'), `${options.join('\n')}\n${server}`);
      await publishPacman(root, [{ ...hello, version: '1.0-1' }]);
      return createRootedHost(root, { pacman: ['--config', join(root, 'etc/pacman.conf')] });
    },
    publish: (root) =>
      publishPacman(root, [
        { ...hello, version: '1.0-1' },
        { ...hello, version: '1.1-1' },
      ]),
  },
];

function publishPacman(root: string, packages: Parameters<typeof makePacmanRepository>[1]): Promise<void> {
  const all = [...packages, { ...tool, version: '2.0-1', depends: 'hello' }, { ...base, version: '2.0-1' }];
  return makePacmanRepository(join(root, 'repository'), all);
}

describe.each(families)('the package manager of $family', ({ family, prepare, publish, versions, keepsOld, holds }) => {
  const [older, newer, ofTool] = versions;
  let root: string;
  let host: Host;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'brine-packages-'));
    host = await prepare(root);
  });
  afterAll(async () => {
    delete process.env['PYTHONPATH'];
    await rm(root, { recursive: true, force: true });
  });

  const call = async (name: string, ...positional: Plain[]): Promise<unknown> => {
    const { value } = await callScratch(name, { host, grains: { os_family: family }, positional });
    return toPlain(value);
  };
  const callWith = async (name: string, keyword: Readonly<Record<string, Plain>>): Promise<unknown> =>
    toPlain((await callScratch(name, { host, grains: { os_family: family }, keyword })).value);

  it('installs, tells of, holds, upgrades and removes packages', async () => {
    expect(await call('pkg.list_pkgs')).toEqual({});
    expect(await call('pkg.refresh_db')).toBe(true);
    expect(await call('pkg.latest_version', 'hello', 'tool', 'nope')).toEqual({ hello: older, tool: ofTool, nope: '' });
    expect(await call('pkg.install', 'hello,tool,base')).toEqual({
      hello: { old: '', new: older },
      tool: { old: '', new: ofTool },
      base: { old: '', new: ofTool },
    });
    expect(await call('pkg.version', 'hello')).toBe(older);
    expect(await call('pkg.file_list', 'hello')).toMatchObject({
      errors: [],
      files: expect.arrayContaining([expect.stringContaining('/usr/share/hello/version')]) as unknown,
    });
    expect(await readFile(join(root, 'usr/share/hello/version'), 'utf8')).toContain('1.0');
    expect(await callWith('pkg.info_installed', { names: ['hello'] })).toMatchObject({
      hello: { summary: 'The hello package' },
    });
    expect(await callWith('pkg.list_upgrades', { refresh: false })).toEqual({});

    await publish(root);
    expect(await call('pkg.list_upgrades')).toEqual({ hello: newer });
    expect(await callWith('pkg.latest_version', { names: ['hello', 'tool'], refresh: false })).toEqual({
      hello: newer,
      tool: '',
    });
    if (holds) {
      expect(await call('pkg.hold', 'hello')).toMatchObject({ hello: { changes: { new: 'hold', old: 'install' } } });
      expect(await callWith('pkg.upgrade', { refresh: false })).toEqual({});
      await expect(callWith('pkg.install', { name: 'hello', refresh: true })).rejects.toThrow('being held: hello');
      expect(await call('pkg.unhold', 'hello')).toMatchObject({ hello: { changes: { new: 'install', old: 'hold' } } });
    }
    expect(await call('pkg.upgrade')).toEqual({ hello: { old: older, new: newer } });
    expect(await call('pkg.version_cmp', older, newer)).toBe(-1);
    if (keepsOld) {
      expect(await call('pkg.list_repo_pkgs', 'hello')).toEqual({ hello: [newer, older] });
      expect(await callWith('pkg.install', { pkgs: [{ hello: older }] })).toEqual({
        hello: { old: newer, new: older },
      });
    }
    await expect(call('pkg.install', 'nope')).rejects.toThrow(/nope/);
    expect(Object.keys((await call('pkg.remove', 'tool')) as object)).toContain('tool');
    expect(Object.keys((await call('pkg.purge', 'hello')) as object)).toEqual(['hello']);
    expect(await call('pkg.list_pkgs')).toEqual({ base: ofTool });
  }, 120_000);

  it.skipIf(family === 'Arch')('keeps repositories that the program itself reads', async () => {
    const given = { repo: 'other', name: 'Other', baseurl: `file://${root}/repository`, enabled: false };
    await callWith('pkg.mod_repo', given);
    const wanted = { name: 'Other', baseurl: given.baseurl };
    expect(await call('pkg.get_repo', 'other')).toMatchObject(wanted);
    expect(Object.keys((await call('pkg.list_repos')) as object).toSorted()).toEqual(['lab', 'other']);
    const listing = family === 'Suse' ? ['zypper', 'repos', '--details'] : ['dnf', 'repolist', '--all'];
    expect((await host.inspect({ command: listing, timeout: 60_000 })).stdout).toMatch(/other.*Other/);
    expect(await call('pkg.del_repo', 'other')).toContain('has been removed');
    expect(await call('pkg.get_repo', 'other')).toEqual({});
  });
});
