import type { Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';
import type { FileServer } from '../../kit/context.ts';

const fileServer = {
  fetch: async () => undefined,
  cached: async (url: string, saltenv: string) => (url === 'salt://a' ? `/cache/files/${saltenv}/a` : undefined),
} as unknown as FileServer;

const call = async (name: string, ...positional: string[]) =>
  (await callScratch(name, { host: createFakeHost(), positional, keyword: {}, context: { fileServer } })).value;

it('tells where the cache has a file', async () => {
  expect(await call('cp.is_cached', 'salt://a')).toBe('/cache/files/base/a');
  expect(await call('cp.is_cached', 'salt://a?saltenv=dev')).toBe('/cache/files/dev/a');
  expect(await call('cp.is_cached', 'salt://b')).toBe('');
});

it('answers false for the text of a file that is not served', async () => {
  expect(await call('cp.get_file_str', 'salt://b')).toBe(false);
});

describe('a masterless minion', () => {
  const served = new Map([
    ['a.txt', '/srv/salt/a.txt'],
    ['d/e.txt', '/srv/salt/d/e.txt'],
  ]);
  const local = {
    fetch: async (url: string) => {
      const path = served.get(url.replace('salt://', ''));
      return path === undefined ? undefined : { path, sha256: 'x', mode: 0o644 };
    },
    cached: async () => undefined,
    listFiles: async () => [...served.keys()],
    listEmptyDirectories: async () => ['d/none'],
  } as unknown as FileServer;
  const host = createFakeHost({
    files: { '/srv/salt/a.txt': 'a\n', '/srv/salt/d/e.txt': 'e\n', '/opt/own': 'own\n', '/out/x': '' },
  });
  const ask = async (name: string, positional: readonly Plain[], keyword: Record<string, Plain> = {}) =>
    (
      await callScratch(name, {
        host,
        positional: [...positional],
        keyword,
        context: { fileServer: local },
        options: { cachedir: '/cache' },
      })
    ).value;

  it('copies what is asked for into the cache and finds it there', async () => {
    expect(await ask('cp.is_cached', ['salt://a.txt'])).toBe('');
    expect(await ask('cp.cache_file', ['salt://a.txt'])).toBe('/cache/files/base/a.txt');
    expect(await ask('cp.is_cached', ['salt://a.txt'])).toBe('/cache/files/base/a.txt');
    expect(await ask('cp.is_cached', ['a.txt'])).toBe('/cache/files/base/a.txt');
    expect(await ask('cp.cache_files', [['salt://a.txt', 'salt://none']])).toEqual(['/cache/files/base/a.txt', false]);
    expect(await ask('cp.cache_dir', ['salt://d'], { include_empty: true })).toEqual([
      '/cache/files/base/d/e.txt',
      '/cache/files/base/d/none',
    ]);
    expect(await ask('cp.get_file', ['salt://a.txt', ''])).toBe('/cache/files/base/a.txt');
    expect(await ask('cp.cache_local_file', ['/opt/own'])).toBe('/cache/localfiles/opt/own');
    expect(await ask('cp.cache_local_file', ['/opt/own'])).toBe('/cache/localfiles/opt/own');
    expect(await ask('cp.is_cached', ['/opt/own'])).toBe('/cache/localfiles/opt/own');
    expect(await ask('cp.list_minion', [])).toEqual([
      '/cache/files/base/a.txt',
      '/cache/files/base/d/e.txt',
      '/cache/localfiles/opt/own',
    ]);
  });

  it('takes file:// for a path of this machine', async () => {
    expect(await ask('cp.get_url', ['file:///opt/own', '/out/own'])).toBe('/out/own');
    expect(await ask('cp.get_url', ['file:///opt/own'])).toBe('/opt/own');
    expect(await ask('cp.get_url', ['file:///opt/own', null])).toBe('own\n');
    expect(await ask('cp.get_file_str', ['file:///opt/own'])).toBe('own\n');
    expect(await ask('cp.cache_file', ['file:///opt/none'])).toBe(false);
  });

  it('refuses addresses that lead nowhere', async () => {
    await expect(ask('cp.get_url', ['own', '/out/y'])).rejects.toThrow("Path 'own' is not absolute");
    await expect(ask('cp.get_url', ['gopher://x/y', '/out/y'])).rejects.toThrow('Unsupported url scheme: gopher://x/y');
    await expect(ask('cp.get_file', ['a.txt', '/out/y'])).rejects.toThrow('Unsupported path: a.txt');
    expect(await ask('cp.get_file', ['salt://a.txt', '/none/there/y'])).toBe(false);
  });

  it('copies a folder by its own name, with a slash behind it or without', async () => {
    expect(await ask('cp.get_dir', ['salt://d/', '/out'])).toEqual(['/out/d/e.txt']);
    expect(await ask('cp.get_dir', ['salt://d', '/out'])).toEqual(['/out/d/e.txt']);
  });

  it('tells the whole mode as a number', async () => {
    expect(await ask('cp.stat_file', ['salt://a.txt'])).toBe('0644');
    expect(await ask('cp.stat_file', ['salt://a.txt'], { octal: false })).toBe(0o100644);
  });
});
