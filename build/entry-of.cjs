const { statSync } = require('node:fs');
const nodePath = require('node:path');
const { pathToFileURL } = require('node:url');

const ofCommands = {
  made: (name) => `cli/dist/programs/${name}.cjs`,
  plain: (name) => `cli/dist/${name}/run-${name}.js`,
  parts: ['cli', 'common'],
};
const minionParts = ['minion', 'bus', 'common', 'daemon', 'jinja', 'modules', 'returners', 'sls'];
const ofMinion = { plain: (name) => `minion/dist/${name}/run-program.js`, parts: minionParts };
const bundles = {
  'salt-call': { ...ofMinion, made: () => 'minion/dist/call-program/salt-call.cjs' },
  'salt-minion': { ...ofMinion, made: () => 'minion/dist/programs/salt-minion.js' },
  'salt-master': {
    made: () => 'master/dist/programs/salt-master.js',
    plain: () => 'master/dist/daemon/master-program.js',
    parts: ['master', 'api', ...minionParts],
  },
  'run-worker': {
    made: () => 'minion/dist/worker-program/run-worker.js',
    plain: () => 'minion/dist/worker/run-worker-program.js',
    parts: minionParts,
  },
};

/**
 * The file that a program of `bin/` runs: the bundle when it is as new as what it was made of, else the plain module;
 * after `tsc -b` alone that is what has just been compiled. Ends the process with 70 when nothing has been built.
 */
function entryOf(program) {
  const { made, plain, parts } = bundles[program] ?? ofCommands;
  const bundle = inPackages(made(program));
  const module = inPackages(plain(program));
  const compiled = parts.map((name) => timeOf(inPackages(`${name}/dist/.tsbuildinfo`)));
  const time = timeOf(bundle);
  if (time > 0 && compiled.every((other) => other <= time)) return bundle;
  if (timeOf(module) > 0) return module;
  process.stderr.write(`${program}: not built yet; run 'npm ci && npm run build' in the checkout\n`);
  process.exit(70);
}

/** What the file of a program exports. */
async function load(program) {
  const entry = entryOf(program);
  // `import()` would start the loader of modules, which a CommonJS bundle does without.
  return entry.endsWith('.cjs') ? require(entry) : import(pathToFileURL(entry).href);
}

function inPackages(path) {
  return nodePath.join(__dirname, '../packages', path);
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

module.exports = { load };
