import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listSources, requireFiles } from './source-files.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'brine-sources-')));
  mkdirSync(join(folder, 'site/empty'), { recursive: true });
  writeFileSync(join(folder, 'site/page'), 'x');
  chmodSync(join(folder, 'site/page'), 0o640);
  symlinkSync('page', join(folder, 'site/zlink'));
  chmodSync(join(folder, 'site/empty'), 0o755);
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the sources of salt-cp', () => {
  it('put one file where it is told to go', () => {
    const source = join(folder, 'site/page');
    expect(listSources([source], '/etc/motd')).toEqual([{ kind: 'file', source, target: '/etc/motd', mode: 0o640 }]);
    expect(listSources([source], '/etc/').map(({ target }) => target)).toEqual(['/etc/page']);
  });

  it('put several files below the destination, and links as what they lead to', () => {
    const sources = [join(folder, 'site/zlink'), join(folder, 'site/page')];
    expect(listSources(sources, '/d').map(({ target }) => target)).toEqual(['/d/page', '/d/page']);
  });

  it('put a folder below the destination under its own name, with its empty folders', () => {
    expect(listSources([join(folder, 'site')], '/srv')).toEqual([
      { kind: 'empty-directory', source: join(folder, 'site/empty'), target: '/srv/site/empty', mode: 0o755 },
      { kind: 'file', source: join(folder, 'site/page'), target: '/srv/site/page', mode: 0o640 },
      { kind: 'file', source: join(folder, 'site/zlink'), target: '/srv/site/zlink', mode: 0o640 },
    ]);
    rmSync(join(folder, 'site/empty'), { recursive: true });
    rmSync(join(folder, 'site/zlink'));
    expect(listSources([join(folder, 'site')], '/srv').map(({ target }) => target)).toEqual(['/srv/site/page']);
  });

  it('that cannot be copied are named', () => {
    expect(() => listSources([join(folder, 'none')], '/d')).toThrow(`cannot copy ${folder}/none: it does not exist`);
    expect(() => listSources(['/dev/null/x'], '/d')).toThrow('cannot copy /dev/null/x: ENOTDIR: not a directory');
    expect(() => listSources(['/dev/null'], '/d')).toThrow('cannot copy /dev/null: it is neither a file nor a folder');
    expect(() => requireFiles([folder])).toThrow(`cannot copy ${folder}: folders are copied with --chunked only`);
    symlinkSync('..', join(folder, 'site/around'));
    expect(() => listSources([folder], '/d')).toThrow(`cannot copy ${folder}/site/around: the link leads back to ..`);
  });
});
