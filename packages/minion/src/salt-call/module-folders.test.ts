import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkModuleFolders } from './module-folders.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-modules-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const check = async (path: string): Promise<readonly string[]> =>
  checkModuleFolders([{ option: '--states-dir', folder: path }]);

it('warns of folders without modules', async () => {
  writeFileSync(join(folder, 'README'), 'nothing');
  expect(await check(folder)).toEqual([`--states-dir has no effect: there are no modules in ${folder}`]);
  expect(await check(`${folder}/none`)).toEqual([
    `--states-dir has no effect: the folder ${folder}/none does not exist`,
  ]);
  expect(await checkModuleFolders([])).toEqual([]);
});

it('refuses modules, which are Python, and names them', async () => {
  mkdirSync(join(folder, 'more'));
  for (const name of ['a.py', 'more/b.py']) writeFileSync(join(folder, name), '');
  await expect(check(folder)).rejects.toMatchObject({
    code: 'call-option-unsupported',
    exitCode: 64,
    message: `salt-call: --states-dir names modules that are Python, which this program cannot run: ${folder}/a.py, ${folder}/more/b.py`,
  });
  for (let number = 0; number < 10; number += 1) writeFileSync(join(folder, `c${number}.py`), '');
  await expect(check(folder)).rejects.toThrow(/c3\.py and 7 more$/);
});

it('says that something else than a folder cannot be read', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(check(join(folder, 'file'))).rejects.toMatchObject({ code: 'call-usage', exitCode: 64 });
});
