import { statSync } from 'node:fs';

/**
 * The file that a command of `bin/` runs: the bundle when it is as new as what it was made of, else the plain module;
 * after `tsc -b` alone that is what has just been compiled. Ends the process with 70 when nothing has been built.
 */
export function entryOf(program) {
  const bundle = at(`../packages/cli/dist/programs/${program}.js`);
  const plain = at(`../packages/cli/dist/${program}/run-${program}.js`);
  const compiled = ['cli', 'common'].map((name) => timeOf(at(`../packages/${name}/dist/.tsbuildinfo`)));
  const made = timeOf(bundle);
  if (made > 0 && compiled.every((time) => time <= made)) return bundle.href;
  if (timeOf(plain) > 0) return plain.href;
  process.stderr.write(`${program}: not built yet; run 'npm ci && npm run build' in the checkout\n`);
  process.exit(70);
}

function at(path) {
  return new URL(path, import.meta.url);
}

function timeOf(url) {
  return statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
