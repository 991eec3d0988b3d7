import { copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram } from '../fleet/running-program.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

describe('a launcher', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'brine-launcher-'));
    for (const path of ['bin/salt', 'bin/package.json', 'build/entry-of.cjs']) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      copyFileSync(join(checkout, path), join(folder, path));
    }
    put('package.json', '{"type": "module"}', 1);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function put(path: string, text: string, seconds: number): void {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    utimesSync(join(folder, path), seconds, seconds);
  }
  const saying = (word: string): string => `export const runSalt = async () => (console.log('${word}'), 0);\n`;
  const run = async (): Promise<unknown> =>
    startProgram({ file: join(folder, 'bin/salt'), args: [], env: process.env }).ended;

  it('says so when nothing has been built', async () => {
    expect(await run()).toEqual({
      status: 70,
      stdout: '',
      stderr: "salt: not built yet; run 'npm ci && npm run build' in the checkout\n",
    });
  });

  it('runs the bundle, or what was compiled after it was made', async () => {
    put('packages/cli/dist/salt/run-salt.js', saying('plain'), 10);
    expect(await run()).toMatchObject({ stdout: 'plain\n' });
    put('packages/cli/dist/programs/salt.cjs', saying('bundle').replace('export const ', 'exports.'), 20);
    put('packages/cli/dist/.tsbuildinfo', '', 15);
    expect(await run()).toMatchObject({ stdout: 'bundle\n' });
    put('packages/common/dist/.tsbuildinfo', '', 30);
    expect(await run()).toMatchObject({ stdout: 'plain\n' });
  });
});
