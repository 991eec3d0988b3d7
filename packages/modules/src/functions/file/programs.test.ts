import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toValue, type Plain } from '@brine/common';
import { createLocalHost } from '../../host/local/local-host.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-file-'));
  writeFileSync(join(folder, 'f'), 'alpha\nbeta\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const call = async (name: string, ...positional: Plain[]) =>
  (await callScratch(`file.${name}`, { host: createLocalHost(), positional, keyword: {} })).value;

describe('functions that real programs and nodes are needed for', () => {
  it('edit by sed and patch', async () => {
    const file = join(folder, 'f');
    const done = { retcode: 0, stderr: '' };
    const edited = (await call('sed', file, 'al(pha)', '/\\1/')) as Map<string, unknown>;
    expect({ retcode: edited.get('retcode'), stderr: edited.get('stderr') }).toEqual(done);
    expect(readFileSync(file, 'utf8')).toBe('/pha/\nbeta\n');
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe('alpha\nbeta\n');
    expect(await call('sed_contains', file, 'be.a')).toBe(true);
    expect(await call('sed_contains', file, 'gamma')).toBe(false);
    expect(await call('sed', join(folder, 'none'), 'a', 'b')).toBe(false);
    writeFileSync(join(folder, 'p'), '--- a\n+++ b\n@@ -1,2 +1,2 @@\n /pha/\n-beta\n+gamma\n');
    const answer = (await call('patch', file, join(folder, 'p'))) as Map<string, unknown>;
    expect({ retcode: answer.get('retcode'), stderr: answer.get('stderr') }).toEqual(done);
    expect(readFileSync(file, 'utf8')).toBe('/pha/\ngamma\n');
  });

  it('make and tell nodes', async () => {
    const pipe = join(folder, 'a', 'pipe');
    expect(await call('mknod', pipe, 'p')).toEqual(
      toValue({ name: pipe, changes: { new: `Fifo pipe ${pipe} created.` }, comment: '', result: true }),
    );
    expect(statSync(pipe).isFIFO()).toBe(true);
    expect(await call('mknod_fifo', pipe)).toEqual(
      toValue({ name: pipe, changes: {}, comment: `File ${pipe} exists and cannot be overwritten`, result: false }),
    );
    expect(await call('get_devmm', '/dev/null')).toEqual([1, 3]);
    expect(await call('get_devmm', pipe)).toEqual([0, 0]);
  });

  it('count bytes once for several names', async () => {
    execFileSync('ln', [join(folder, 'f'), join(folder, 'g')]);
    expect(await call('diskusage', folder)).toBe(11);
    expect(await call('diskusage', join(folder, 'f'))).toBe(11);
  });
});
