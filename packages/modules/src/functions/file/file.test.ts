import { toValue, type Plain, type Value } from '@brine/common';
import { createFakeHost, type FakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

function machine(): FakeHost {
  return createFakeHost({
    files: {
      '/w/a.conf': 'alpha\nbeta = 1\n',
      '/w/d/b.conf': 'bb\n',
      '/w/d/c.txt': 'ccc',
      '/w/link': { link: '/w/a.conf' },
    },
  });
}

async function call(host: FakeHost, name: string, positional: Plain[] = [], keyword: Record<string, Plain> = {}) {
  return (await callScratch(`file.${name}`, { host, positional, keyword })).value;
}

async function textOf(host: FakeHost, path: string): Promise<string> {
  return Buffer.from((await host.files.read(path)) ?? new Uint8Array()).toString();
}

describe('looking at files', () => {
  it('tells what a path is', async () => {
    const host = machine();
    const answers: Value[] = [];
    for (const path of ['/w/a.conf', '/w/d', '/w/link', '/w/none']) {
      answers.push(await call(host, 'file_exists', [path]), await call(host, 'directory_exists', [path]));
      answers.push(await call(host, 'is_link', [path]));
    }
    expect(answers).toEqual([true, false, false, false, true, false, true, false, true, false, false, false]);
  });

  it('expands patterns', async () => {
    const host = machine();
    expect(await call(host, 'path_exists_glob', ['/w/*.conf'])).toBe(true);
    expect(await call(host, 'path_exists_glob', ['/w/*/z*'])).toBe(false);
  });

  it('names the path of a file it cannot read', async () => {
    await expect(call(machine(), 'read', ['/w/none'])).rejects.toThrow("No such file or directory: '/w/none'");
  });

  it('finds by name, kind, depth, size and content', async () => {
    const host = machine();
    expect(await call(host, 'find', ['/w'], { name: '*.conf', type: 'f' })).toEqual(['/w/a.conf', '/w/d/b.conf']);
    expect(await call(host, 'find', ['/w'], { size: '3b', mindepth: 2, print: 'name,size' })).toEqual([
      ['b.conf', 3],
      ['c.txt', 3],
    ]);
    expect(await call(host, 'find', ['/w'], { grep: 'beta', type: 'f', maxdepth: 1 })).toEqual([
      '/w/a.conf',
      '/w/link',
    ]);
    await expect(call(host, 'find', ['/w'], { size: 'big' })).rejects.toThrow('invalid size: "big"');
  });

  it('deletes what it finds only when it is no test', async () => {
    const host = machine();
    expect(await call(host, 'find', ['/w/d'], { name: 'b*', delete: 'f', test: true })).toEqual(['/w/d/b.conf']);
    expect(await call(host, 'file_exists', ['/w/d/b.conf'])).toBe(true);
    expect(await call(host, 'find', ['/w/d'], { name: 'b*', delete: 'f' })).toEqual(['/w/d/b.conf']);
    expect(await call(host, 'file_exists', ['/w/d/b.conf'])).toBe(false);
  });
});

describe('changing files', () => {
  it('writes, appends and prepends lines', async () => {
    const host = machine();
    expect(await call(host, 'write', ['/w/n', 'one', 'two'])).toBe('Wrote 2 lines to "/w/n"');
    expect(await call(host, 'append', ['/w/d/c.txt', 'dd'])).toBe('Wrote 1 lines to "/w/d/c.txt"');
    expect(await call(host, 'prepend', ['/w/n', 'zero'])).toBe('Prepended 1 lines to "/w/n"');
    expect([await textOf(host, '/w/n'), await textOf(host, '/w/d/c.txt')]).toEqual(['zero\none\ntwo\n', 'ccc\ndd\n']);
  });

  it('takes lines of a state as args=', async () => {
    const host = machine();
    expect(await call(host, 'write', ['/w/n'], { args: ['x', 'y'] })).toBe('Wrote 2 lines to "/w/n"');
  });

  it('replaces and keeps a copy unless told otherwise', async () => {
    const host = machine();
    const diff = await call(host, 'replace', ['/w/link', '= \\d', '= 2']);
    expect(diff).toBe('--- \n+++ \n@@ -1,2 +1,2 @@\n alpha\n-beta = 1\n+beta = 2\n');
    expect([await textOf(host, '/w/a.conf'), await textOf(host, '/w/a.conf.bak')]).toEqual([
      'alpha\nbeta = 2\n',
      'alpha\nbeta = 1\n',
    ]);
    expect(await call(host, 'replace', ['/w/a.conf', 'x', 'y'], { show_changes: false })).toBe(false);
    await expect(call(host, 'replace', ['/w/none', 'x', 'y'])).rejects.toThrow('File not found: /w/none');
    expect(await call(host, 'replace', ['/w/none', 'x', 'y'], { ignore_if_missing: true })).toBe('');
  });

  it('leaves files alone in a dry run', async () => {
    const host = machine();
    await call(host, 'replace', ['/w/a.conf', 'alpha', 'omega'], { dry_run: true });
    expect(await textOf(host, '/w/a.conf')).toBe('alpha\nbeta = 1\n');
  });

  it('copies, moves and removes', async () => {
    const host = machine();
    await expect(call(host, 'copy', ['/w/d', '/w/e'])).rejects.toThrow('without recurse flag');
    expect(await call(host, 'copy', ['/w/d', '/w/e'], { recurse: true })).toBe(true);
    expect(await call(host, 'move', ['/w/e/b.conf', '/w/d2'])).toEqual(
      toValue({ result: true, comment: "'/w/e/b.conf' moved to '/w/d2'" }),
    );
    expect(await call(host, 'remove', ['/w/e'])).toBe(true);
    expect(await call(host, 'remove', ['/w/e'])).toBe(false);
    expect(await textOf(host, '/w/d2')).toBe('bb\n');
  });

  it('refuses paths that are not absolute where that could hit the wrong file', async () => {
    await expect(call(machine(), 'remove', ['etc'])).rejects.toThrow('File path must be absolute: etc');
  });

  it('makes folders with a mode', async () => {
    const host = machine();
    await call(host, 'makedirs', ['/w/x/y/file'], { mode: '0700' });
    expect(await call(host, 'get_mode', ['/w/x/y'])).toBe('0700');
    expect(await call(host, 'makedirs', ['/w/x/y/file'])).toBe("Directory '/w/x/y' already exists");
  });

  it('makes links and does not replace them unless forced', async () => {
    const host = machine();
    expect(await call(host, 'symlink', ['/w/d', '/w/cur'])).toBe(true);
    await expect(call(host, 'symlink', ['/w/a.conf', '/w/cur'])).rejects.toThrow('Found existing symlink: /w/cur');
    expect(await call(host, 'symlink', ['/w/a.conf', '/w/cur'], { force: true })).toBe(true);
    expect(await call(host, 'readlink', ['/w/cur'])).toBe('/w/a.conf');
  });
});
