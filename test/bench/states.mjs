// What a step of a state run costs beyond its own work: node test/bench/states.mjs [rounds]
// SALT_PEER=/path/to/salt-call of real Salt measures the same trees with it in the same rounds.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, bringUp, createFleet, endFleet, run } from '../demo/fleet.mjs';
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

/** States of packages that are installed on this machine. */
function packages(count) {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Abbrev} ${Package}\\n'], { encoding: 'utf8' });
  const names = stdout.split('\n').flatMap((line) => (line.startsWith('ii ') ? [line.split(/\s+/)[1]] : []));
  if (names.length < count) throw new Error(`fewer than ${count} packages are installed`);
  return names
    .slice(0, count)
    .map((name) => `${name}:\n  pkg.installed: []\n`)
    .join('');
}

/** How often a run of a state starts `dpkg-query`: a program of that name before the real one keeps count. */
function countQueries(sls) {
  const real = spawnSync('sh', ['-c', 'command -v dpkg-query'], { encoding: 'utf8' }).stdout.trim();
  put('bin/dpkg-query', `#!/bin/sh\necho . >> ${folder}/queries\nexec ${real} "$@"\n`);
  put('queries', '');
  chmodSync(join(folder, 'bin/dpkg-query'), 0o755);
  const { file, args } = call(sls);
  const env = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` };
  if (spawnSync(file, args, { env }).status !== 0) throw new Error(`${sls} failed`);
  return readFileSync(join(folder, 'queries'), 'utf8').split('\n').length - 1;
}

const local = ['-c', folder, '--local', '--out=quiet', 'state.apply'];
const call = (sls) => ({ file: bin('salt-call'), args: [...local, sls] });
const peer = process.env.SALT_PEER;
/** A master with one minion that has this folder's tree; answers how `salt` applies one of its states there. */
async function startWarmMinion() {
  const config = fleet.configOf('master');
  const text = readFileSync(join(config, 'master'), 'utf8');
  writeFileSync(join(config, 'master'), text.replace(/^file_roots: .*$/m, `file_roots: {base: [${folder}/salt]}`));
  await bringUp(fleet);
  return (sls) => ({ file: bin('salt'), args: ['-c', config, '--out=quiet', 'web1', 'state.apply', sls] });
}

/** Measures `[title, steps, command]` rows; the first, of one step, is what the others are held against. */
function report(title, cases, times) {
  process.stdout.write(`${title}\n`);
  const rows = measure(
    cases.map(([name, , command]) => ({ name, ...command })),
    times,
  );
  const [floor] = rows;
  for (const [index, { name, median, least }] of rows.entries()) {
    const steps = cases[index][1];
    const each = steps === 1 ? '' : `${((median - floor.median) / steps).toFixed(2)} ms a step`;
    const columns = [`${median.toFixed(0)} ms`.padStart(10), `${least.toFixed(0)} ms`.padStart(10), each.padStart(18)];
    process.stdout.write(`  ${name.padEnd(34)}${columns.join('')}\n`);
  }
}

const fleet = await createFleet(['web1']);
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
  put('salt/packages100.sls', packages(100));
  // The files are written once; what is measured finds them as they should be.
  const { status, stdout } = run('salt-call', ['-c', folder, 'state.apply', 'files500']);
  if (status !== 0) throw new Error(stdout);
  const casesOf = (apply, longest) =>
    [
      ['one step', 1, 'empty'],
      ['500 steps, two requisites each', 500, 'nop500'],
      ['3500 steps, two requisites each', 3500, 'nop3500'],
      ['10000 steps, two requisites each', 10_000, 'nop10000'],
      ['500 converged files', 500, 'files500'],
      ['100 converged packages', 100, 'packages100'],
    ]
      .filter(([, steps]) => steps <= longest)
      .map(([name, steps, sls]) => [name, steps, apply(sls)]);
  process.stdout.write(`100 converged packages start dpkg-query ${countQueries('packages100')} time(s)\n`);
  report('a salt-call of its own', casesOf(call, 10_000), rounds);
  report('a running minion, asked by its master', casesOf(await startWarmMinion(), 10_000), rounds);
  if (peer === undefined) process.stdout.write('SALT_PEER names no salt-call of Salt: not compared with it\n');
  else {
    const { status: code } = spawnSync(peer, call('files500').args, { encoding: 'utf8' });
    if (code !== 0) throw new Error(`${peer} ended with ${code}`);
    report(
      `Salt's salt-call (${peer})`,
      casesOf((sls) => ({ ...call(sls), file: peer }), 3500),
      Math.min(rounds, 2),
    );
  }
} finally {
  await endFleet(fleet);
  rmSync(folder, { recursive: true, force: true });
}
