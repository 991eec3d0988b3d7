import { readFileSync } from 'node:fs';
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

/** A file of the bundle, as `build/bundle.mjs` describes it. */
interface Part {
  readonly imports: readonly string[];
  /** Bytes of each module, by its path in the checkout. */
  readonly modules: Readonly<Record<string, number>>;
}

/** The modules that the bundled daemon has in memory from its start on. */
function startedWith(): ReadonlyMap<string, number> {
  const file = new URL('../../packages/minion/dist/programs/parts.json', import.meta.url);
  const parts = new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Part>));
  const reached = new Set(['salt-minion.js']);
  for (const name of reached) for (const other of parts.get(name)?.imports ?? []) reached.add(other);
  return new Map([...reached].flatMap((name) => Object.entries(parts.get(name)?.modules ?? {})));
}

// An idle minion has to do with 90 MB, of which Node and its libraries have two thirds: test/bench/README.md.
it('the bundled daemon of a minion starts with what it needs to keep in touch and little more', () => {
  const modules = startedWith();
  expect([...modules.keys()]).toContain('packages/minion/dist/salt-minion/salt-minion.js');
  const forWorkers = /^packages\/(sls|jinja|modules\/dist\/(functions|states))\/|zod\/v4\/locales\/(?!en\.js)|nunjucks/;
  expect([...modules.keys()].filter((name) => forWorkers.test(name))).toEqual([]);
  expect([...modules.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(1_350_000);
});
