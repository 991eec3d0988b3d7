import { createFakeHost } from '@brine/testkit';

import { expect, it } from 'vitest';
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
