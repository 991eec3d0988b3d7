import { createMemoryTree } from '@brine/testkit';
import { expect, test } from 'vitest';
import { globFiles } from './glob-files.ts';

const disk = createMemoryTree({
  '/s/b.yml': '',
  '/s/a.yml': '',
  '/s/.hidden.yml': '',
  '/s/x/one.yml': '',
  '/s/y/one.yml': '',
  '/s/y/two.txt': '',
});

test.each([
  ['/s/a.yml', ['/s/a.yml']],
  ['/s/*.yml', ['/s/a.yml', '/s/b.yml']],
  ['/s/.*.yml', ['/s/.hidden.yml']],
  ['/s/[xy]/one.*', ['/s/x/one.yml', '/s/y/one.yml']],
  ['/s/**/two.txt', ['/s/y/two.txt']],
  ['/s/x/../y/two.txt', ['/s/y/two.txt']],
  ['/s/none', []],
  ['/none/*', []],
])('%s finds %j', async (pattern, found) => {
  expect(await globFiles(pattern, disk)).toEqual(found);
});
