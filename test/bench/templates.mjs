// Rendering beside Jinja2 itself and nunjucks: node --expose-gc test/bench/templates.mjs [renders for memory]
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const begin = performance.now();
const { createJinja } = await import('../../packages/jinja/dist/index.js');
const { toValue } = await import('../../packages/common/dist/index.js');
const loaded = performance.now();
const { default: nunjucks } = await import('nunjucks');
const { median } = await import('./measure.mjs');
const { shapes } = await import('./template-shapes.mjs');

const memoryRenders = Number(process.argv[2] ?? 100_000);

function brine({ files, main, variables }) {
  const context = toValue(variables);
  const load = (name) => (files[name] === undefined ? undefined : { file: name, text: files[name] });
  const host = { loader: { load }, call: (_name, [, fallback]) => fallback, has: () => true };
  const source = { file: main, text: files[main] };
  const kept = createJinja({}, host);
  return {
    cold: () => createJinja({}, host).render(source, context).text,
    warm: () => kept.render(source, context).text,
  };
}

function peer({ files, main, variables }) {
  class Loader extends nunjucks.Loader {
    getSource(name) {
      return { src: files[name], path: name, noCache: false };
    }
  }
  const environment = () => new nunjucks.Environment(new Loader(), { autoescape: false, throwOnUndefined: true });
  const context = { ...variables, salt: { 'pillar.get': (_name, fallback) => fallback } };
  const kept = environment();
  return { cold: () => environment().render(main, context), warm: () => kept.render(main, context) };
}

function timed(work, count) {
  const used = process.cpuUsage();
  const times = Array.from({ length: count }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  const { user, system } = process.cpuUsage(used);
  return { times, processor: (user + system) / 1000 / count };
}

function python() {
  const program = fileURLToPath(new URL('templates.py', import.meta.url));
  const input = JSON.stringify({ shapes });
  const { status, stdout, stderr } = spawnSync('python3', [program], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status === 0) return JSON.parse(stdout);
  process.stdout.write(`without Jinja2, which did not run: ${stderr.trim().split('\n').at(-1)}\n`);
  return undefined;
}

function row(name, { times, processor }, beside) {
  const columns = [median(times), Math.min(...times), processor].map((time) => time.toFixed(2).padStart(11));
  const ratio = beside === undefined ? '' : (beside.processor / processor).toFixed(1).padStart(11);
  process.stdout.write(`  ${name.padEnd(18)}${columns.join('')}${ratio}\n`);
}

const [firstShape] = shapes;
const firstBegin = performance.now();
brine({ ...firstShape, variables: { hosts: [] } }).cold();
const first = performance.now() - firstBegin;
process.stdout.write(`load ${(loaded - begin).toFixed(0)} ms, first render ${first.toFixed(1)} ms\n`);

const jinja2 = python();
process.stdout.write(`${''.padEnd(25)}median      least  processor   × Jinja2\n`);
shapes.forEach((shape, index) => {
  const [own, other] = [brine(shape), peer(shape)];
  const answer = jinja2?.answers[index];
  const text = own.warm();
  // Salt puts the last line break back.
  if (answer !== undefined && `${answer.text}\n` !== text && answer.text !== text) {
    throw new Error(`${shape.name}: Jinja2 gives another text`);
  }
  process.stdout.write(`${shape.name}, ms\n`);
  for (const kind of ['cold', 'warm']) {
    const count = shape.rounds[kind];
    // What is warm has been compiled by V8 too.
    if (kind === 'warm') for (const work of [own.warm, other.warm]) timed(work, count);
    row(`Brine ${kind}`, timed(own[kind], count), answer?.[kind]);
    row(`nunjucks ${kind}`, timed(other[kind], count), answer?.[kind]);
    if (answer !== undefined) row(`Jinja2 ${kind}`, answer[kind]);
  }
});

const repeated = brine(shapes[1]);
const used = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
for (let render = 0; render < memoryRenders / 10; render += 1) repeated.warm();
const before = used();
for (let render = 0; render < memoryRenders; render += 1) repeated.warm();
process.stdout.write(
  `heap after ${memoryRenders / 10} renders ${before.toFixed(1)} MiB, after ${memoryRenders} more ${used().toFixed(1)} MiB\n`,
);
