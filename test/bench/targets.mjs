// How long the master takes to find whom a target means: node test/bench/targets.mjs [minions] [rounds]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createDataSeal } from '@brine/bus';
import { silentLogger, systemClock, toValue } from '@brine/common';
import { createMinionDirectory } from '../../packages/master/dist/minions/minion-directory.js';
import { openSqliteStore } from '../../packages/master/dist/store/sqlite-job-store.js';
import { median } from './measure.mjs';

const count = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 7);
const folder = mkdtempSync(join(tmpdir(), 'brine-targets-'));
const ids = Array.from({ length: count }, (_, index) => `${index % 3 === 0 ? 'db' : 'web'}${index}.example.org`);

function grainsOf(id, index) {
  const core = {
    ...{ id, os: index % 4 === 0 ? 'Rocky' : 'Debian', os_family: index % 4 === 0 ? 'RedHat' : 'Debian' },
    ...{
      osrelease: '12',
      kernel: 'Linux',
      num_cpus: 4,
      mem_total: 8192,
      roles: ['base', index % 3 === 0 ? 'db' : 'web'],
    },
    ...{ ipv4: ['127.0.0.1', `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`], rack: { row: index % 20 } },
  };
  const further = Object.fromEntries(Array.from({ length: 60 }, (_, number) => [`grain_${number}`, `value ${number}`]));
  return toValue({ ...core, ...further });
}

function pillarOf(id, index) {
  const tree = Object.fromEntries(Array.from({ length: 100 }, (_, number) => [`key_${number}`, `value ${number}`]));
  return toValue({ tier: index % 5 === 0 ? 'back' : 'front', app: { port: 8000 + (index % 10) }, ...tree });
}

const targets = [
  ['glob', 'web*'],
  ['grain', 'os:Debian'],
  ['compound', 'G@os:Debian and web*'],
  ['compound', '( G@os:Debian or G@os_family:RedHat ) and not P@roles:(mail|db) and web*1*'],
  ['compound', 'G@rack:row:7 and S@10.0.0.0/9 and E@(web|db)[0-9]+'],
  ['compound', 'I@tier:back and G@roles:web and not L@web1.example.org,web5.example.org'],
  ['compound', 'G@*:row:7 or J@app:port:80[01]'],
];

try {
  const store = openSqliteStore(join(folder, 'jobs.db'), () => systemClock.now());
  const options = { store, clock: systemClock, logger: silentLogger, seal: createDataSeal(new Uint8Array(32)) };
  const open = async () => createMinionDirectory({ ...options, acceptedIds: () => ids, nodegroups: () => new Map() });
  const filling = await open();
  await Promise.all(
    ids.map(async (id, index) => {
      await filling.report(id, { grains: grainsOf(id, index), version: '1', saltVersion: '3006.9' });
      await filling.kept.savePillar(id, { pillar: pillarOf(id, index), version: id, secrets: [] });
    }),
  );
  let begin = performance.now();
  const directory = await open();
  directory.match({ type: 'pillar', expression: 'tier:back' });
  process.stdout.write(`first match after a restart: ${(performance.now() - begin).toFixed(0)} ms\n`);
  process.stdout.write(`of ${count} minions       median     least   processor\n`);
  for (const [type, expression] of targets) {
    const times = [];
    const cpu = process.cpuUsage();
    let found = 0;
    for (let round = 0; round < rounds; round += 1) {
      begin = performance.now();
      found = directory.match({ type, expression }).length;
      times.push(performance.now() - begin);
    }
    const { user, system } = process.cpuUsage(cpu);
    const columns = [median(times), Math.min(...times), (user + system) / 1000 / rounds];
    const shown = columns.map((milliseconds) => `${milliseconds.toFixed(1)} ms`.padStart(10)).join('');
    process.stdout.write(`${String(found).padStart(16)}${shown}   ${type} ${expression}\n`);
  }
  await store.close();
} finally {
  rmSync(folder, { recursive: true });
}
