// What a step of a state run costs beyond its own work: node test/bench/states.mjs [rounds]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, run } from '../demo/fleet.mjs';
import { measure } from './measure.mjs';

const rounds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'brine-states-'));

function put(path, text) {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Steps that do nothing, each with two requisites on earlier ones. */
function chain(length) {
  const steps = Array.from({ length }, (_, index) => {
    const requisites =
      index < 2 ? '' : `    - require:\n      - test: step-${index - 1}\n      - test: step-${index - 2}\n`;
    return `step-${index}:\n  test.nop:\n    - name: step ${index}\n${requisites}`;
  });
  return steps.join('');
}

function files(count) {
  const target = join(folder, 'machine');
  mkdirSync(target, { recursive: true });
  const steps = Array.from({ length: count }, (_, index) => {
    put(`salt/files/${index}.conf`, `setting = ${index}\n`);
    return `${target}/${index}.conf:\n  file.managed:\n    - source: salt://files/${index}.conf\n    - mode: '0644'\n`;
  });
  return steps.join('');
}

const call = (...words) => ({ file: bin('salt-call'), args: ['-c', folder, '--out=quiet', ...words] });

try {
  put(
    'minion',
    `root_dir: ${folder}\nfile_client: local\nid: bench\nfile_roots: {base: [${folder}/salt]}\npillar_roots: {base: [${folder}/pillar]}\n`,
  );
  put('salt/empty.sls', chain(1));
  put('salt/nop500.sls', chain(500));
  put('salt/nop3500.sls', chain(3500));
  put('salt/nop10000.sls', chain(10_000));
  put('salt/files500.sls', files(500));
  // The files are written once; what is measured finds them as they should be.
  const { status, stdout } = run('salt-call', ['-c', folder, 'state.apply', 'files500']);
  if (status !== 0) throw new Error(stdout);
  const cases = [
    { name: 'one step', steps: 1, ...call('state.apply', 'empty') },
    { name: '500 steps, two requisites each', steps: 500, ...call('state.apply', 'nop500') },
    { name: '3500 steps, two requisites each', steps: 3500, ...call('state.apply', 'nop3500') },
    { name: '10000 steps, two requisites each', steps: 10_000, ...call('state.apply', 'nop10000') },
    { name: '500 converged files', steps: 500, ...call('state.apply', 'files500') },
  ];
  const rows = measure(cases, rounds);
  const [floor] = rows;
  for (const [index, { name, median, least }] of rows.entries()) {
    const steps = cases[index].steps;
    const each = steps === 1 ? '' : `${((median - floor.median) / steps).toFixed(2)} ms a step`;
    const columns = [`${median.toFixed(0)} ms`.padStart(10), `${least.toFixed(0)} ms`.padStart(10), each.padStart(18)];
    process.stdout.write(`${name.padEnd(34)}${columns.join('')}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
