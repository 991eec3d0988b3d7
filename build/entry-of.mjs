import { statSync } from 'node:fs';

const ofCommands = {
  made: 'cli/dist/programs',
  plain: (name) => `cli/dist/${name}/run-${name}.js`,
  parts: ['cli', 'common'],
};
const minionParts = ['minion', 'bus', 'common', 'daemon', 'jinja', 'modules', 'returners', 'sls'];
const ofMinion = { plain: (name) => `minion/dist/${name}/run-program.js`, parts: minionParts };
const bundles = {
  'salt-call': { ...ofMinion, made: 'minion/dist/call-program' },
  'salt-minion': { ...ofMinion, made: 'minion/dist/programs' },
  'salt-master': {
    made: 'master/dist/programs',
    plain: () => 'master/dist/daemon/master-program.js',
    parts: ['master', 'api', ...minionParts],
  },
  'run-worker': {
    made: 'minion/dist/worker-program',
    plain: () => 'minion/dist/worker/run-worker-program.js',
    parts: minionParts,
  },
};

/**
 * The file that a program of `bin/` runs: the bundle when it is as new as what it was made of, else the plain module;
 * after `tsc -b` alone that is what has just been compiled. Ends the process with 70 when nothing has been built.
 */
export function entryOf(program) {
  const { made, plain, parts } = bundles[program] ?? ofCommands;
  const bundle = inPackages(`${made}/${program}.js`);
  const module = inPackages(plain(program));
  const compiled = parts.map((name) => timeOf(inPackages(`${name}/dist/.tsbuildinfo`)));
  const time = timeOf(bundle);
  if (time > 0 && compiled.every((other) => other <= time)) return bundle.href;
  if (timeOf(module) > 0) return module.href;
  process.stderr.write(`${program}: not built yet; run 'npm ci && npm run build' in the checkout\n`);
  process.exit(70);
}

function inPackages(path) {
  return new URL(`../packages/${path}`, import.meta.url);
}

function timeOf(url) {
  return statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
