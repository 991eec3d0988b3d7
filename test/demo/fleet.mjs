// A master and minions in one scratch folder, for the demo: real daemons, real ports, nothing outside the folder.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

export const bin = (program) => join(checkout, 'bin', program);

/** A port of the loopback interface that nobody listens on. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function createFleet(ids) {
  const folder = mkdtempSync(join(tmpdir(), 'brine-demo-'));
  const [publishPort, returnPort] = [await freePort(), await freePort()];
  for (const name of ['states', 'pillar']) cpSync(join(checkout, name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, 'master'), { recursive: true });
  writeFileSync(
    join(folder, 'master', 'master'),
    [
      `root_dir: ${join(folder, 'master')}`,
      'interface: 127.0.0.1',
      `publish_port: ${publishPort}`,
      `ret_port: ${returnPort}`,
      `file_roots: {base: [${join(folder, 'states')}]}`,
      `pillar_roots: {base: [${join(folder, 'pillar')}]}`,
      `gpg_keydir: ${join(folder, 'gpg')}`,
      '',
    ].join('\n'),
  );
  for (const id of ids) {
    const home = join(folder, id);
    mkdirSync(home, { recursive: true });
    writeFileSync(
      join(home, 'minion'),
      [`id: ${id}`, `root_dir: ${home}`, 'master: 127.0.0.1', `master_port: ${returnPort}`, ''].join('\n'),
    );
    const role = id.replace(/\d+$/, '');
    const grains = readFileSync(join(checkout, 'grains', `${role}.yaml`), 'utf8');
    writeFileSync(join(home, 'grains'), `${grains}staging_root: ${join(home, 'machine')}\n`);
  }
  return { folder, ids, daemons: [], configOf: (name) => join(folder, name) };
}

export function startDaemon(fleet, program, name) {
  const child = spawn(bin(program), ['-c', fleet.configOf(name), '-l', 'error'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, SALT_CONFIG_DIR: '' },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  fleet.daemons.push({ name, child, ended });
  return child;
}

/** Runs a command of the checkout and hands back what it printed. */
export function run(program, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(bin(program), args, { encoding: 'utf8', ...options });
  return { status, stdout, stderr };
}

/** Asks until the answer is right; throws after a minute. */
export async function until(what, look) {
  const deadline = Date.now() + 60_000;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await pause(100);
  }
}

/** Starts the master and all minions, accepts their keys and waits until they answer. */
export async function bringUp(fleet) {
  const master = ['-c', fleet.configOf('master')];
  startDaemon(fleet, 'salt-master', 'master');
  for (const id of fleet.ids) startDaemon(fleet, 'salt-minion', id);
  await until('the keys', () => {
    const { status, stdout } = run('salt-key', [...master, '-L', '--out', 'json']);
    return status === 0 && JSON.parse(stdout).minions_pre.length === fleet.ids.length;
  });
  run('salt-key', [...master, '-A', '-y']);
  await until('the minions', () => run('salt', [...master, '*', 'test.ping']).status === 0);
}

export async function endFleet(fleet) {
  for (const { child } of fleet.daemons.toReversed()) child.kill('SIGTERM');
  await Promise.all(fleet.daemons.map(({ ended }) => ended));
  rmSync(fleet.folder, { recursive: true, force: true });
}
