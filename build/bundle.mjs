// Makes one file of each command, which starts in a third of the time of its many modules, and one of the minion's daemon,
// which then keeps only what it uses in memory; one each of the worker and the thread that they start. Run by `npm run build`.
import { rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

const checkout = path('..');
const commands = ['salt', 'salt-cp', 'salt-key', 'salt-run'];
await write({
  input: Object.fromEntries(commands.map((name) => [name, path(`../packages/cli/dist/${name}/run-${name}.js`)])),
  folder: path('../packages/cli/dist/programs'),
});
// Native, or loaded by nothing but returners that few have.
const external = [/^zeromq/, /^libsql/, /^pg$/, /^nodemailer/];
await write({
  input: { 'salt-minion': path('../packages/minion/dist/salt-minion/run-program.js') },
  folder: path('../packages/minion/dist/programs'),
  external,
});
await write({
  input: { 'salt-call': path('../packages/minion/dist/salt-call/run-program.js') },
  folder: path('../packages/minion/dist/call-program'),
  external,
});
await write({
  input: { worker: path('../packages/minion/dist/worker/program.js') },
  folder: path('../packages/minion/dist/worker-program'),
  external,
});
await write({
  input: { 'template-thread': path('../packages/sls/dist/template-thread/thread-entry.js') },
  folder: path('../packages/sls/dist/thread-program'),
});

async function write({ input, folder, external = [] }) {
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
    format: 'esm',
    // What only some calls need stays in files of its own. Their names tell their content: a process that runs while another version
    // is put in the place of its own must not load another function under the old name.
    chunkFileNames: '[name]-[hash].js',
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
      return code
        .replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`)
        .replace("'./thread-entry.js'", "'../thread-program/template-thread.js'")
        .replace("'../worker/program.js'", "'../worker-program/worker.js'");
    },
  };
}
