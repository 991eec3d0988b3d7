// What an idle converge loop costs, and how long a repair takes: node test/bench/converge.mjs [files] [seconds] [repairs]
import { mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { bringUp, createFleet, endFleet, run, until } from '../demo/fleet.mjs';
import { median } from './measure.mjs';

const [files = 500, seconds = 60, repairs = 7] = process.argv.slice(2).map(Number);
const ticks = 100;

/** A process and all it started. */
function family(pid) {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [[Number(name), Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1])]];
      } catch {
        return [];
      }
    });
  const members = [pid];
  for (const member of members)
    members.push(...parents.filter(([, parent]) => parent === member).map(([child]) => child));
  return members;
}

/** Seconds of processor time, those of children that ended included, and MiB of memory that are its own or shared. */
function usage(pid) {
  const members = family(pid);
  const processor = members.map((member) => {
    const fields = readFileSync(`/proc/${member}/stat`, 'utf8').split(') ')[1].split(' ').map(Number);
    return fields.slice(11, 15).reduce((sum, field) => sum + field, 0) / ticks;
  });
  const memory = members.map(
    (member) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${member}/status`, 'utf8'))[1]) / 1024,
  );
  return { processor: processor.reduce((sum, one) => sum + one, 0), memory };
}

/** Changes a file by hand and answers the milliseconds until it is as it was. */
async function timeRepair(file) {
  const wanted = readFileSync(file, 'utf8');
  const repaired = new Promise((resolve) => {
    const watcher = watch(join(file, '..'), () => {
      try {
        if (readFileSync(file, 'utf8') !== wanted) return;
      } catch {
        return;
      }
      watcher.close();
      resolve(performance.now());
    });
  });
  const begin = performance.now();
  writeFileSync(file, 'drifted\n');
  return (await repaired) - begin;
}

const fleet = await createFleet(['web1']);
try {
  const target = join(fleet.folder, 'managed');
  mkdirSync(target);
  mkdirSync(join(fleet.folder, 'states', 'files'), { recursive: true });
  const steps = Array.from({ length: files }, (_, index) => {
    writeFileSync(join(fleet.folder, 'states', 'files', `${index}.conf`), `setting = ${index}\n`);
    return `${target}/${index}.conf:\n  file.managed:\n    - source: salt://files/${index}.conf\n`;
  });
  writeFileSync(join(fleet.folder, 'states', 'many.sls'), steps.join(''));
  writeFileSync(join(fleet.folder, 'states', 'top.sls'), "base:\n  '*':\n    - many\n");
  const config = join(fleet.configOf('web1'), 'minion');
  const loop = 'converge: {interval: 1d, splay: 0, mode: enforce, watch: true}\n';
  writeFileSync(config, readFileSync(config, 'utf8') + loop);
  await bringUp(fleet);
  await until('the first run', () => readdirSync(target).length === files);
  const master = ['-c', fleet.configOf('master')];
  await until('its report', () => run('salt-run', [...master, 'converge.status']).stdout.includes('in state'));
  const minion = fleet.daemons.find(({ name }) => name === 'web1').child.pid;
  // What a run leaves behind is ended after a while.
  await wait(Number(process.env.SETTLE ?? 90) * 1000);
  const before = usage(minion);
  await wait(seconds * 1000);
  const after = usage(minion);
  const share = ((after.processor - before.processor) / seconds) * 100;
  const parts = after.memory.map((part) => `${part.toFixed(0)}`).join(' + ');
  const whole = after.memory.reduce((sum, part) => sum + part, 0);
  process.stdout.write(
    `idle with ${files} files: ${share.toFixed(2)} % of a processor, ${whole.toFixed(0)} MiB (${parts})\n`,
  );
  const times = [];
  for (let index = 0; index < repairs; index += 1) times.push(await timeRepair(join(target, `${index}.conf`)));
  const [least, middle, most] = [Math.min(...times), median(times), Math.max(...times)];
  process.stdout.write(
    `drift to repair: ${least.toFixed(0)} ms least, ${middle.toFixed(0)} ms median, ${most.toFixed(0)} ms most\n`,
  );
} finally {
  await endFleet(fleet);
}
