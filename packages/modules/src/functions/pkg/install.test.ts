import { toPlain, type Plain } from '@brine/common';
import { createFakeHost, type FakeHostSetup, type FakeProgram } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const row = (name: string, version: string, status: string): string => `${name}\tall\t${version}\t${status}\t\n`;
const installed = row('dpkg', '1', 'ii ') + row('old', '2', 'pi ') + row('gone', '3', 'rc ') + row('kept', '4', 'hi ');

const update = `Get:1 http://a.example stable InRelease [151 kB]
Hit:2 http://b.example stable InRelease
Ign:3 http://c.example stable InRelease
Err:4 http://d.example stable InRelease
  404  Not Found
Reading package lists...
`;

function machine(more: FakeHostSetup['programs'] = {}) {
  const madison = 'foo | 1:1.4 | http://a.example\nfoo | 2:1.2 | http://a.example\n';
  const aptGet: FakeProgram = (args) => (args.includes('update') ? update : '');
  const host = createFakeHost({
    files: {
      '/cache/foo.deb': 'deb',
      '/cache/answers': 'answers',
      '/var/lib/apt/lists': { directory: true, modifiedAt: 1 },
    },
    programs: {
      ...{ 'apt-get': aptGet, 'apt-cache': () => madison, 'dpkg-query': () => installed },
      ...{ 'dpkg-deb': () => 'foo\t1.5\n', 'debconf-set-selections': () => '', ...more },
    },
  });
  const fetch = async (url: string) => ({ path: `/cache/${url.replace('salt://', '')}`, sha256: '' });
  const call = async (name: string, keyword: Readonly<Record<string, Plain>> = {}) =>
    toPlain((await callScratch(name, { host, keyword, context: { fileServer: { fetch } as never } })).value);
  return { host, call, commands: () => host.started.map(({ command }) => command as readonly string[]) };
}

it('says what became of each list, and fails for one that could not be had only when it is to', async () => {
  const { call } = machine();
  const lists = ['http://a.example', 'http://b.example', 'http://c.example', 'http://d.example'];
  const [a, b, c, d] = lists.map((url) => `${url} stable InRelease`) as [string, string, string, string];
  expect(await call('pkg.refresh_db')).toEqual({ [a]: true, [b]: null, [c]: false, [d]: false });
  await expect(call('pkg.refresh_db', { failhard: true })).rejects.toThrow(`Error getting repos: ${c}, ${d}`);
});

it('leaves lists alone that are young enough', async () => {
  const { host, call, commands } = machine();
  expect(await call('pkg.refresh_db', { cache_valid_time: 3600 })).not.toEqual({});
  const now = Date.now();
  await host.files.setTimes('/var/lib/apt/lists', { accessedAt: now, modifiedAt: now });
  expect(await call('pkg.refresh_db', { cache_valid_time: 3600 })).toEqual({});
  expect(commands()).toHaveLength(1);
});

it('lists what is marked to be purged', async () => {
  const { call } = machine();
  expect(await call('pkg.list_pkgs', { purge_desired: true })).toEqual({ old: '2' });
  expect(await call('pkg.list_pkgs')).toEqual({ dpkg: '1', kept: '4', old: '2' });
  expect(await call('pkg.list_pkgs', { removed: true, purge_desired: true })).toEqual({ gone: '3' });
});

it('installs files of packages, after it has told debconf the answers', async () => {
  const { call, commands } = machine();
  await call('pkg.install', { sources: [{ foo: 'salt://foo.deb' }], debconf: 'salt://answers', force_conf_new: true });
  const [answers, install] = commands();
  expect(answers).toEqual(['debconf-set-selections', '/cache/answers']);
  expect(install?.slice(-3)).toEqual(['install', '--', '/cache/foo.deb']);
  expect(install).toContain('DPkg::Options::=--force-confnew');
  await expect(call('pkg.install', { sources: [], pkgs: ['a'] })).rejects.toThrow('Only one of "pkgs" and "sources"');
  await expect(call('pkg.install', { sources: ['foo'] })).rejects.toThrow('Invalidly formatted "sources"');
});

it('compares versions without their epochs when it is to', async () => {
  const { call, commands } = machine();
  await call('pkg.install', { pkgs: [{ foo: '>=1.3' }] });
  await call('pkg.install', { pkgs: [{ foo: '>=1.3' }], ignore_epoch: true });
  await call('pkg.install', { pkgs: [{ foo: '==1.9' }] });
  expect(commands().map((words) => words.at(-1))).toEqual(['foo=2:1.2', 'foo=1:1.4', 'foo=1.9']);
  await expect(call('pkg.install', { pkgs: [{ foo: '<0.5' }] })).rejects.toThrow('No version matching');
});

it('tells the versions of what a glob names, and the newest also where it is installed', async () => {
  const policy = 'dpkg:\n  Installed: 1\n  Candidate: 1\n  Version table:\n *** 1 500\n        500 http://a stable\n';
  const asked: (readonly string[])[] = [];
  const aptCache: FakeProgram = (args) => {
    asked.push(args);
    return policy;
  };
  const { host } = machine({ 'apt-cache': aptCache });
  const ask = async (name: string, positional: readonly Plain[], keyword: Readonly<Record<string, Plain>> = {}) =>
    toPlain((await callScratch(name, { host, positional, keyword, grains: { os_family: 'Debian' } })).value);
  expect(await ask('pkg.version', ['*p*'])).toEqual({ dpkg: '1', kept: '4' });
  expect(await ask('pkg.version', ['g*', 'old'])).toEqual({ old: '2' });
  expect(await ask('pkg.version', ['gone'])).toBe('');
  expect(await ask('pkg.latest_version', ['dpkg'], { refresh: false })).toBe('');
  expect(await ask('pkg.latest_version', ['dpkg'], { refresh: false, show_installed: true })).toBe('1');
  await ask('pkg.latest_version', ['dpkg'], { refresh: false, fromrepo: 'backports' });
  expect(asked.at(-1)?.join(' ')).toContain('backports');
  expect([await ask('pkg.latest_version', [], { refresh: false }), await ask('pkg.owner', [])]).toEqual(['', '']);
});
