// Storms of events through the reactor: node test/bench/reactor.mjs [events]
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import Database from 'libsql';
import { bringUp, createFleet, endFleet, run, until } from '../demo/fleet.mjs';

const [events = 10_000] = process.argv.slice(2).map(Number);
const piece = 1000;

const fleet = await createFleet(['web1']);
try {
  const file = join(fleet.folder, 'count.sls');
  writeFileSync(file, 'count:\n  runner.test.raw_arg:\n    - args:\n        number: {{ data.data.number }}\n');
  const configuration = join(fleet.configOf('master'), 'master');
  const rule = `reactor:\n  - 'storm/*':\n      sls: [${file}]\n      origins: [minion]\n`;
  writeFileSync(configuration, readFileSync(configuration, 'utf8') + rule);
  const loop = `{% for number in range(${piece}) %}{% do salt['event.send']('storm/one', {'number': number}) %}{% endfor %}\n`;
  writeFileSync(join(fleet.folder, 'states', 'storm.sls'), `${loop}x:\n  test.nop: []\n`);
  await bringUp(fleet);
  const options = ['-c', fleet.configOf('master')];
  const path = join(fleet.configOf('master'), 'var/cache/salt/master/automation.db');
  const database = new Database(path, { readonly: true });
  const number = (sql) => Number(database.prepare(sql).get()?.value ?? 0);
  const taken = () => number("SELECT seq AS value FROM sqlite_sequence WHERE name = 'events'");
  const waiting = () => number('SELECT count(*) AS value FROM events');
  const master = fleet.daemons.find(({ name }) => name === 'master').child.pid;
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${master}/status`, 'utf8'))[1]) / 1024;
  const report = (what) => {
    const kept = statSync(path).size / 1024 ** 2;
    process.stdout.write(`${what}: master ${memory().toFixed(0)} MiB, automation.db ${kept.toFixed(1)} MiB\n`);
  };
  report('before');
  const sendPiece = () => {
    const order = [...options, '-t', '120', 'web1', 'state.apply', 'storm', '--out', 'quiet'];
    const { status, stderr } = run('salt', order);
    if (status !== 0) throw new Error(stderr);
  };
  for (const round of [1, 2, 3, 4]) {
    const begin = performance.now();
    for (let sent = 0; sent < events; sent += piece) sendPiece();
    await until('the events', () => taken() === events * round);
    const fired = performance.now();
    const left = waiting();
    await until('the reactions', () => waiting() === 0);
    const seconds = (performance.now() - begin) / 1000;
    const spread = `${((fired - begin) / 1000).toFixed(1)} s to fire, then ${left} waited`;
    const rate = `${(events / seconds).toFixed(0)} reactions a second`;
    report(`storm ${round}: ${events} taken, ${waiting()} left, ${spread}, ${seconds.toFixed(1)} s in all, ${rate}`);
  }
  database.close();
} finally {
  await endFleet(fleet);
}
