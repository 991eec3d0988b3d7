import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const packages = new URL('../../packages/', import.meta.url);
const partsOf = (folder: string): string[] =>
  Object.keys(JSON.parse(readFileSync(new URL(`${folder}parts.json`, packages), 'utf8')) as object);

/** What a bundle starts besides itself: workers of the daemons, the thread of templates. */
const started = [
  ['minion/dist/programs/', '../worker-program/worker.js'],
  ['minion/dist/call-program/', '../thread-program/template-thread.js'],
  ['minion/dist/worker-program/', '../thread-program/template-thread.js'],
  ['master/dist/programs/', '../thread-program/template-thread.js'],
  ['master/dist/programs/', '../programs/pillar-worker.js'],
  ['master/dist/programs/', '../../programs/reactor-worker.js'],
  ['master/dist/programs/', '../programs/orchestration-worker.js'],
] as const;

it.each(started)('the bundle in %s starts the bundled program %s', (folder, program) => {
  const texts = partsOf(folder).map((name) => readFileSync(new URL(folder + name, packages), 'utf8'));
  const naming = texts.filter((text) => text.includes(program));
  expect(naming).toHaveLength(1);
  const place =
    /new URL\("([^"]+)", (?:import\.meta\.url|require\("url"\)\.pathToFileURL\(__filename\)\.href)\)\.href\)/.exec(
      naming[0]?.split(program)[1] ?? '',
    )?.[1] ?? '';
  const file = new URL(program, new URL(place, new URL(folder, packages)));
  expect(existsSync(fileURLToPath(file))).toBe(true);
});
