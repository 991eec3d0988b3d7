import { createMemoryTree } from '@brine/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFileRoots } from './file-roots.ts';

const disk = createMemoryTree({
  '/srv/base/top.sls': 'top',
  '/srv/base/web/init.sls': 'web',
  '/srv/base/web/files/site.conf': 'conf',
  '/srv/base/.git/config': 'git',
  '/srv/base/empty': { directory: true },
  '/srv/base/latin.sls': new Uint8Array([0xe9]),
  '/srv/base/inside': { link: 'web/files' },
  '/srv/base/alias.sls': { link: 'web/init.sls' },
  '/srv/base/outside': { link: '../secret' },
  '/srv/base/passwd': { link: '/srv/secret/passwd' },
  '/srv/base/loop': { link: '.' },
  '/srv/base/broken': { link: 'nowhere' },
  '/srv/more/top.sls': 'second top',
  '/srv/more/extra.sls': 'extra',
  '/srv/envs/qa/top.sls': 'qa top',
  '/srv/secret/passwd': 'root',
  '/srv/linked': { link: 'more' },
});

const roots = createFileRoots({
  roots: new Map([
    ['base', ['/srv/base', '/srv/more']],
    ['linked', ['/srv/linked']],
    ['gone', ['/srv/nowhere']],
    ['__env__', ['/srv/envs/__env__']],
  ]),
  disk,
  ignoreRegexes: [/\.git(\/|$)/],
});

test('the first root that has a file serves it', async () => {
  expect(await roots.readText('top.sls', 'base')).toEqual({
    text: 'top',
    file: 'top.sls',
    absolutePath: '/srv/base/top.sls',
  });
  expect(await roots.readText('extra.sls', 'base')).toEqual({
    text: 'extra',
    file: 'extra.sls',
    absolutePath: '/srv/more/extra.sls',
  });
});

test('a salt:// URL names a path and may name its environment', async () => {
  expect(await roots.readText('salt://web/init.sls', 'base')).toEqual({
    text: 'web',
    file: 'web/init.sls',
    absolutePath: '/srv/base/web/init.sls',
  });
  expect(await roots.readText('salt://top.sls?saltenv=linked', 'base')).toEqual({
    text: 'second top',
    file: 'top.sls',
    absolutePath: '/srv/linked/top.sls',
  });
});

test('a path that stays inside its root after .. is served under its plain name', async () => {
  expect(await roots.readText('web/../web/./init.sls', 'base')).toEqual({
    text: 'web',
    file: 'web/init.sls',
    absolutePath: '/srv/base/web/init.sls',
  });
});

test.each([
  '../secret/passwd',
  'web/../../secret/passwd',
  '/srv/secret/passwd',
  'outside/passwd',
  'passwd',
  'broken',
  'web',
  '.git/config',
  '',
  '.',
  'top.sls\0',
])('%j is not served', async (path) => {
  expect(await roots.find(path, 'base')).toBeUndefined();
  expect(await roots.exists(path, 'base')).toBe(false);
});

test('a symlink inside its root is followed', async () => {
  expect(await roots.find('inside/site.conf', 'base')).toEqual({
    path: 'inside/site.conf',
    absolutePath: '/srv/base/inside/site.conf',
    realPath: '/srv/base/web/files/site.conf',
    stat: { kind: 'file', size: 4, mode: 0o644, modifiedAt: 0 },
  });
});

test('a root may itself be a symlink', async () => {
  expect(await roots.readText('extra.sls', 'linked')).toEqual({
    text: 'extra',
    file: 'extra.sls',
    absolutePath: '/srv/linked/extra.sls',
  });
});

test('the directories of __env__ serve every other environment, whose name cannot lead elsewhere', async () => {
  expect(await roots.environments()).toEqual(['base', 'linked', 'gone']);
  expect(await roots.readText('top.sls', 'qa')).toEqual({
    text: 'qa top',
    file: 'top.sls',
    absolutePath: '/srv/envs/qa/top.sls',
  });
  expect(await roots.readText('passwd', '../../secret')).toBeUndefined();
  expect(await roots.readText('top.sls', '__env__')).toBeUndefined();
  const options = { roots: new Map([['__env__', ['/srv/envs/__env__']]]), disk };
  expect(await createFileRoots({ ...options, dynamicEnvironment: 'qa' }).environments()).toEqual(['qa']);
  expect(await createFileRoots({ ...options, dynamicEnvironment: '..' }).environments()).toEqual([]);
});

test('a file that is not UTF-8 is refused by name', async () => {
  await expect(roots.readText('latin.sls', 'base')).rejects.toMatchObject({
    code: 'tree-file-encoding',
    message: 'latin.sls is not UTF-8 text',
  });
});

test('the manifest lists all roots once, without what is ignored, broken or outside', async () => {
  const manifest = await roots.manifest('base');
  expect(manifest.files).toEqual([
    'alias.sls',
    'extra.sls',
    'inside/site.conf',
    'latin.sls',
    'top.sls',
    'web/files/site.conf',
    'web/init.sls',
  ]);
  expect(manifest.directories).toEqual(['empty', 'inside', 'loop', 'web', 'web/files']);
  expect(manifest.emptyDirectories).toEqual(['empty']);
  expect([...manifest.symlinks]).toEqual([
    ['alias.sls', 'web/init.sls'],
    ['inside', 'web/files'],
    ['loop', '.'],
  ]);
  expect(manifest.entries[0]).toEqual({
    path: 'alias.sls',
    realPath: '/srv/base/web/init.sls',
    kind: 'file',
    size: 3,
    mode: 0o644,
    modifiedAt: 0,
    linkTarget: 'web/init.sls',
  });
  expect(await roots.listFiles('gone')).toEqual([]);
});

test('without followSymlinks lists do not enter linked directories, with ignoreSymlinks links are left out', async () => {
  const base = { roots: new Map([['base', ['/srv/base']]]), disk, ignoreGlobs: ['.git*', 'latin*'] };
  const unfollowed = createFileRoots({ ...base, followSymlinks: false });
  expect(await unfollowed.listFiles('base')).toEqual(['alias.sls', 'top.sls', 'web/files/site.conf', 'web/init.sls']);
  const unlinked = createFileRoots({ ...base, ignoreSymlinks: true });
  expect(await unlinked.listFiles('base')).toEqual(['top.sls', 'web/files/site.conf', 'web/init.sls']);
});

test('no path whatever leads to a file outside its root', async () => {
  const part = fc.constantFrom(
    '..',
    '.',
    '',
    'web',
    'files',
    'secret',
    'passwd',
    'outside',
    'inside',
    'loop',
    'srv',
    '~',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      const found = await roots.find(parts.join('/'), 'base');
      expect(found === undefined || /^\/srv\/(base|more)\//.test(found.realPath)).toBe(true);
    }),
  );
});
