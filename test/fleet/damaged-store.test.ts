import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

const pageSize = 4096;
let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  await fleet.startMaster();
  await fleet.join('web1');
});

afterAll(async () => {
  await fleet.end();
});

it('a master whose job store is damaged says so, puts it aside, and works', async () => {
  for (const word of ['one', 'two', 'three']) await fleet.run('salt', 'web1', 'test.echo', word.repeat(2000));
  const master = fleet.master();
  expect(await master.stop()).toMatchObject({ status: 0 });
  const cache = fleet.folder.at('master/var/cache/salt/master');
  // What the log of changes holds would hide the damage.
  const path = `${cache}/jobs.db`;
  const size = Math.max(statSync(path).size, pageSize);
  const handle = openSync(path, 'r+');
  writeSync(handle, Buffer.alloc(pageSize, 0xa5), 0, pageSize, size - pageSize);
  closeSync(handle);
  const log = openSync(`${path}-wal`, 'w');
  closeSync(log);
  const again = await fleet.startMaster();
  const told = await again.logged('job store was damaged; what could be read of it was kept');
  expect(readdirSync(cache)).toContain(String(told['quarantine']).split('/').at(-1));
  expect(await fleet.json('salt', '--static', '-t', '30', 'web1', 'test.ping')).toEqual({ web1: true });
});
