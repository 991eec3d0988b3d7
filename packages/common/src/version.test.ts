import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { brineVersion } from './version.ts';

it('is the version of the packages', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(brineVersion).toBe(manifest.version);
});
