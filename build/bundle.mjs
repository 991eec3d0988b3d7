// Makes one file of each command, which starts in a third of the time of its many modules, and one of each daemon, of which the
// minion's then keeps only what it uses in memory; one each of the workers and the thread that they start. Run by `npm run build`.
import { rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

const checkout = path('..');
/** The module that starts another program, the file that it names, and the bundled file to name instead. */
const started = [
  ['sls/dist/template-thread/', './thread-entry.js', '../thread-program/template-thread.js'],
  ['minion/dist/daemon/', '../worker/program.js', '../worker-program/worker.js'],
  ['master/dist/pillar/', './worker-process.js', '../programs/pillar-worker.js'],
  ['master/dist/automation/reactor/', './worker-process.js', '../../programs/reactor-worker.js'],
  ['master/dist/orchestration/', './worker/worker-process.js', '../programs/orchestration-worker.js'],
];
const endings = { esm: 'js', cjs: 'cjs' };
const commands = ['salt', 'salt-cp', 'salt-key', 'salt-run'];
await write({
  input: Object.fromEntries(commands.map((name) => [name, path(`../packages/cli/dist/${name}/run-${name}.js`)])),
  folder: path('../packages/cli/dist/programs'),
  format: 'cjs',
});
// Native, or loaded by little that few have.
const external = [/^zeromq/, /^libsql/, /^pg$/, /^nodemailer/, /^@zip\.js\//];
await write({
  input: { 'salt-minion': path('../packages/minion/dist/salt-minion/run-program.js') },
  folder: path('../packages/minion/dist/programs'),
  external,
});
await write({
  input: { 'salt-call': path('../packages/minion/dist/salt-call/run-program.js') },
  folder: path('../packages/minion/dist/call-program'),
  external,
  format: 'cjs',
});
await write({
  input: {
    worker: path('../packages/minion/dist/worker/program.js'),
    // Fault tests start the worker with failpoints of their own.
    'run-worker': path('../packages/minion/dist/worker/run-worker-program.js'),
  },
  folder: path('../packages/minion/dist/worker-program'),
  external,
});
await write({
  input: { 'template-thread': path('../packages/sls/dist/template-thread/thread-entry.js') },
  folder: path('../packages/sls/dist/thread-program'),
});

const workersOfMaster = {
  'pillar-worker': 'pillar/worker-process.js',
  'reactor-worker': 'automation/reactor/worker-process.js',
  'orchestration-worker': 'orchestration/worker/worker-process.js',
};
const ofMaster = { 'salt-master': 'daemon/master-program.js', ...workersOfMaster };
await write({
  input: Object.fromEntries(
    Object.entries(ofMaster).map(([name, file]) => [name, path(`../packages/master/dist/${file}`)]),
  ),
  folder: path('../packages/master/dist/programs'),
  external: [...external, /^fastify$/],
});

/** Commands are CommonJS: before the first module of the other kind runs, Node starts a loader that takes a fifth of a launch. */
async function write({ input, folder, external = [], format = 'esm' }) {
  await rm(folder, { recursive: true, force: true });
  const bundle = await rolldown({
    input,
    external,
    platform: 'node',
    // Modules of ours do nothing by being imported: what nothing uses of them goes.
    treeshake: {
      moduleSideEffects: [
        { test: /node_modules/, sideEffects: true },
        { test: /packages/, sideEffects: false },
      ],
    },
    plugins: [keepPlaces(folder)],
    // What is loaded late in one place and early in another is loaded early.
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await bundle.write({
    dir: folder,
    format,
    entryFileNames: `[name].${endings[format]}`,
    // What only some calls need stays in files of its own. Their names tell their content: a process that runs while another version
    // is put in the place of its own must not load another function under the old name.
    chunkFileNames: `[name]-[hash].${endings[format]}`,
    sourcemap: false,
  });
  await bundle.close();
  await writeFile(join(folder, 'parts.json'), JSON.stringify(Object.fromEntries(output.map(describePart))));
}

/** What a file of the bundle is made of, which a test reads: the modules' sizes, and the files that it loads at once. */
function describePart({ fileName, imports, modules }) {
  const sizes = Object.entries(modules)
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .map(([id, { renderedLength }]) => [relative(checkout, id), renderedLength]);
  return [fileName, { imports, modules: Object.fromEntries(sizes) }];
}

/** Programs that a module starts are found from that module, not from the bundle; a bundle starts the bundled ones. */
function keepPlaces(folder) {
  return {
    name: 'keep-places',
    transform(code, id) {
      if (id.startsWith('\0') || id.includes('node_modules') || !code.includes('import.meta.url')) return undefined;
      const place = JSON.stringify(relative(folder, id));
      let placed = code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
      for (const [owner, plain, bundled] of started) {
        if (id.includes(owner)) placed = placed.replace(`'${plain}'`, `'${bundled}'`);
      }
      return placed;
    },
  };
}
