import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { importsOf, readSourceFiles } from './source-files.ts';

const texts = new Map(readSourceFiles().map(({ path, text }) => [path, text]));

/** What a file imports when it runs: types are gone by then. */
function loadedBy(path: string): readonly string[] {
  return importsOf((texts.get(path) ?? '').replaceAll(/^import type [^;]*;/gm, ''));
}

it('the daemon of a minion starts without the state engine, which belongs into workers', () => {
  const reached = new Set(['packages/minion/src/salt-minion/salt-minion.ts']);
  const withEngine: string[] = [];
  for (const path of reached) {
    for (const name of loadedBy(path)) {
      if (name === '@brine/sls') withEngine.push(path);
      if (name.startsWith('.')) reached.add(normalize(join(dirname(path), name)));
    }
  }
  expect(reached.size).toBeGreaterThan(40);
  expect(withEngine).toEqual([]);
});
