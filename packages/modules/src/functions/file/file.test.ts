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
  });

  it('tells what is wrong with what is looked for as its answer', async () => {
    const host = machine();
    const wrong = [{ size: 'big' }, { type: 'z' }, { owner: 'nobody-here' }, { colour: 'red' }, { delete: 'x' }];
    const answers = [];
    for (const keyword of wrong) answers.push(await call(host, 'find', ['/w'], keyword));
    expect(answers).toEqual([
      'error: invalid size: "big"',
      'error: invalid file type "z"',
      'error: no such user "nobody-here"',
      'error: invalid option "colour"',
      'error: invalid file type "x"',
    ]);
  });

  it('finds by age: old without a sign, young with a minus', async () => {
    const host = machine();
    await host.files.setTimes('/w/d/b.conf', { accessedAt: 0, modifiedAt: 0 });
    await host.files.setTimes('/w/d/c.txt', { accessedAt: Date.now(), modifiedAt: Date.now() });
    expect(await call(host, 'find', ['/w/d'], { mtime: '1w', type: 'f', print: 'name,bogus' })).toEqual([['b.conf']]);
    expect(await call(host, 'find', ['/w/d'], { mtime: '-1w', type: 'f' })).toEqual(['/w/d/c.txt']);
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
    expect(await call(host, 'replace', ['/w/none', 'x', 'y'], { ignore_if_missing: true })).toBe(false);
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

describe('owners, modes and contents at once', () => {
  it('tells how a file was and what changed', async () => {
    const host = machine();
    await host.files.setAttributes('/w/a.conf', { mode: 0o644, uid: 0, gid: 0 });
    expect(await call(host, 'check_perms', ['/w/a.conf', {}, 'root', 'root', '600'])).toEqual(
      toValue([
        { name: '/w/a.conf', changes: { mode: '0600' }, comment: '', result: true },
        { luser: 'root', lgroup: 'root', lmode: '0644', cmode: '0600' },
      ]),
    );
    expect(await call(host, 'check_perms', ['/w/a.conf', {}, 'nobody-here', 'root', ''])).toEqual(
      toValue([
        {
          name: '/w/a.conf',
          changes: {},
          comment: 'User does not exist\n; Failed to change user to nobody-here',
          result: false,
        },
        { luser: 'root', lgroup: 'root', lmode: '0600', cuser: 'nobody-here' },
      ]),
    );
    await expect(call(host, 'check_perms', ['/w/none', {}, 'root', 'root', '600'])).rejects.toThrow('Path not found');
    expect(await call(host, 'chown', ['/w/a.conf', 'nobody-here', 'root'])).toBe('User does not exist\n');
    await expect(call(host, 'lchown', ['/w/none', 'root', 'root'])).rejects.toThrow('No such file or directory');
  });

  it('foretells what a managed file would undergo, and brings it about', async () => {
    const host = machine();
    const wanted = ['', '', '', 'root', 'root', '640', '', '', '', '', 'base'];
    const contents = 'alpha\nbeta = 2\n';
    await host.files.setAttributes('/w/a.conf', { mode: 0o640, uid: 0, gid: 0 });
    const diff = '--- \n+++ \n@@ -1,2 +1,2 @@\n alpha\n-beta = 1\n+beta = 2\n';
    expect(await call(host, 'check_managed_changes', ['/w/a.conf', ...wanted], { contents })).toEqual(
      toValue({ diff }),
    );
    expect(await call(host, 'check_managed', ['/w/a.conf', ...wanted], { contents })).toEqual([
      null,
      `The following values are set to be changed:\ndiff: ${diff}\n`,
    ]);
    const place = ['', {}, '', {}, 'root', 'root', '640', '', 'base', ''];
    expect(await call(host, 'manage_file', ['/w/a.conf', ...place], { contents })).toEqual(
      toValue({ name: '/w/a.conf', changes: { diff }, comment: 'File /w/a.conf updated', result: true }),
    );
    expect(await textOf(host, '/w/a.conf')).toBe(contents);
    expect(await call(host, 'check_managed', ['/w/a.conf', ...wanted], { contents })).toEqual([
      true,
      'The file /w/a.conf is in the correct state',
    ]);
    expect(await call(host, 'check_file_meta', ['/w/new', '', '', {}, 'root', 'root', '640', '', 'base'])).toEqual(
      toValue({ newfile: '/w/new' }),
    );
    expect(await call(host, 'manage_file', ['/w/x/new', ...place], { contents })).toEqual(
      toValue({ name: '/w/x/new', changes: {}, comment: 'Parent directory not present', result: false }),
    );
  });

  it('says where the content of a managed file is, and why there is none', async () => {
    const host = machine();
    const rest = ['', '', 'root', 'root', '640', '', 'base', '', ''];
    expect(await call(host, 'get_managed', ['/w/new', '', '/w/d/c.txt', ...rest])).toEqual(
      toValue([
        '',
        { hash_type: 'sha256', hsum: '64daa44ad493ff28a96effab6e77f1732a3d97d83241581b37dbd70a7a4900fe' },
        '',
      ]),
    );
    expect(await call(host, 'get_managed', ['/w/new', '', '/w/none', ...rest])).toEqual(
      toValue(['', {}, 'Local file source /w/none does not exist']),
    );
  });
});
