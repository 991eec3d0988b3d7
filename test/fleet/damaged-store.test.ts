import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { damageLastPage } from './damage-page.ts';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  await fleet.startMaster();
  await fleet.join('web1');
});

afterAll(async () => {
  await fleet.end();
});

it('a master whose databases are damaged says so, puts them aside, and works', async () => {
  for (const word of ['one', 'two', 'three']) await fleet.run('salt', 'web1', 'test.echo', word.repeat(2000));
  const master = fleet.master();
  expect(await master.stop()).toMatchObject({ status: 0 });
  const cache = fleet.folder.at('master/var/cache/salt/master');
  for (const name of ['jobs.db', 'automation.db']) damageLastPage(`${cache}/${name}`);
  const again = await fleet.startMaster();
  for (const store of ['job store', 'automation store']) {
    const told = await again.logged('a store was damaged; what could be read of it was kept', { store });
    expect(readdirSync(cache)).toContain(String(told['quarantine']).split('/').at(-1));
  }
  expect(await fleet.json('salt', '--static', '-t', '30', 'web1', 'test.ping')).toEqual({ web1: true });
});
