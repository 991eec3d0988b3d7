import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startProgram } from './running-program.ts';

const demo = fileURLToPath(new URL('../demo/demo.mjs', import.meta.url));

it('the demo succeeds and leaves nothing behind', { timeout: 120_000 }, async () => {
  const folders = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('brine-demo-'));
  const before = new Set(folders());
  const { status, stdout, stderr } = await startProgram({
    file: process.execPath,
    args: [demo],
    env: { ...process.env, NO_COLOR: '1' },
  }).ended;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('all as described, 0 changed\n');
  expect(folders().filter((name) => !before.has(name))).toEqual([]);
});
