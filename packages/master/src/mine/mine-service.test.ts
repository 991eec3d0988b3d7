import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSeal } from '@brine/bus';
import { silentLogger, toValue, type Dict, type MinionId, type Plain, type TargetType } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMinionDirectory, type MinionDirectory } from '../minions/minion-directory.ts';
import { openSqliteStore } from '../store/sqlite-job-store.ts';
import type { Store } from '../store/store.ts';
import { createMineService, type MineService } from './mine-service.ts';

const [web1, web2, db1] = ['web1', 'web2', 'db1'] as MinionId[] as [MinionId, MinionId, MinionId];

function dict(value: Plain): Dict {
  return toValue(value) as Dict;
}

describe('the mine', () => {
  let folder: string;
  let store: Store;
  let directory: MinionDirectory;
  const clock = createManualClock();

  async function open(): Promise<void> {
    store = openSqliteStore(join(folder, 'jobs.db'), () => clock.now());
    directory = await createMinionDirectory({
      ...{ store, clock, logger: silentLogger, seal: createDataSeal(new Uint8Array(32).fill(7)) },
      acceptedIds: () => [db1, web1, web2],
      nodegroups: () => dict({ front: 'web*' }),
    });
  }

  function mineWith(access?: Plain): MineService {
    return createMineService({
      directory,
      access: access === undefined ? undefined : toValue(access),
      logger: silentLogger,
    });
  }

  // oxlint-disable-next-line max-params -- what differs from case to case, in a row
  function read(
    mine: MineService,
    asker: MinionId | undefined,
    fun: string | string[],
    tgt = '*',
    type: TargetType = 'glob',
  ) {
    return mine.read({ target: { type, expression: tgt }, functions: fun }, asker);
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brine-mine-'));
    await open();
    for (const id of [web1, web2, db1]) {
      const grains = dict({ id, os: id === db1 ? 'Rocky' : 'Debian' });
      await directory.report(id, { grains, version: '1', saltVersion: '3006.9' });
      await directory.kept.savePillar(id, { pillar: dict({ tier: `tier-${id}` }), version: id, secrets: [] });
      await mineWith().store(id, dict({ name: `I am ${id}`, ips: [`10.0.0.${id.length}`] }), false);
    }
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it.each<[string, TargetType, string[]]>([
    ['web*', 'glob', ['web1', 'web2']],
    ['web1,db1', 'list', ['db1', 'web1']],
    ['w.*2', 'pcre', ['web2']],
    ['os:Debian', 'grain', ['web1', 'web2']],
    ['front', 'nodegroup', ['web1', 'web2']],
    ['G@os:Rocky or web2', 'compound', ['db1', 'web2']],
    ['web1..2', 'range', ['web1', 'web2']],
    ['tier:tier-db1', 'pillar', ['db1']],
  ])('is read by %j as %s', (tgt, type, ids) => {
    expect([...read(mineWith(), db1, 'name', tgt, type).keys()]).toEqual(ids);
  });

  it('answers by name when several are asked, and leaves out what is not there', () => {
    const mine = mineWith();
    expect(read(mine, web1, 'name', 'web1')).toEqual(dict({ web1: 'I am web1' }));
    expect(read(mine, web1, 'name,missing', 'web1')).toEqual(dict({ name: { web1: 'I am web1' } }));
    expect(read(mine, web1, ['name'], 'web1')).toEqual(dict({ name: { web1: 'I am web1' } }));
    expect(read(mine, web1, 'missing')).toEqual(new Map());
    const others = mine.read(
      { target: { type: 'glob', expression: '*' }, functions: 'name', excludesAsker: true },
      web1,
    );
    expect([...others.keys()]).toEqual(['db1', 'web2']);
  });

  it('shows an entry to those alone whom its minion allows', async () => {
    const mine = mineWith();
    const guarded = { __data__: 's', __saltmine_acl__: 1, allow_tgt: 'os:Debian', allow_tgt_type: 'grain' };
    const broken = { __data__: 's', __saltmine_acl__: 1, allow_tgt: 'web(', allow_tgt_type: 'pcre' };
    const unknown = { __data__: 's', __saltmine_acl__: 1, allow_tgt: '*', allow_tgt_type: 'anything' };
    await mine.store(db1, dict({ guarded, broken, unknown, open: { __data__: 'o', __saltmine_acl__: 1 } }), false);
    expect(read(mine, web1, 'guarded')).toEqual(dict({ db1: 's' }));
    expect(read(mine, db1, 'guarded')).toEqual(new Map());
    expect(read(mine, undefined, 'guarded')).toEqual(dict({ db1: 's' }));
    for (const name of ['broken', 'unknown']) expect(read(mine, web1, name)).toEqual(new Map());
    expect(read(mine, web1, 'open')).toEqual(dict({ db1: 'o' }));
  });

  it('heeds the master’s own list of who reads what', () => {
    const mine = mineWith({ 'web.*': ['name', 'ip.*'], db1: ['^nothing$'] });
    expect(read(mine, web1, 'name', 'db1')).toEqual(dict({ db1: 'I am db1' }));
    expect([...read(mine, web1, ['name', 'ips', 'other']).keys()]).toEqual(['name', 'ips']);
    expect(read(mine, db1, 'name')).toEqual(new Map());
    expect(read(mineWith('all'), web1, 'name')).toEqual(new Map());
    expect(read(mine, undefined, 'name', 'db1')).toEqual(dict({ db1: 'I am db1' }));
  });

  it('tells a minion of others’ pillar only whether a whole value is what it thinks', () => {
    const mine = mineWith();
    expect(read(mine, web1, 'name', 'tier:tier-*', 'pillar')).toEqual(new Map());
    expect(read(mine, web1, 'name', 'tier:t.*', 'pillar_pcre')).toEqual(new Map());
    expect(read(mine, web1, 'name', 'I@tier:t* or J@tier:t.*', 'compound')).toEqual(new Map());
    expect([...read(mine, undefined, 'name', 'tier:tier-*', 'pillar').keys()]).toHaveLength(3);
  });

  it('refuses targets that can match nothing, and patterns that take too long', () => {
    expect(() => read(mineWith(), web1, 'name', 'web(', 'pcre')).toThrow("the pcre target 'web(' is malformed");
  });

  it('lasts over a restart, unreadable on disk, until the minion is forgotten', async () => {
    await mineWith().store(web1, dict({ name: 'CANARY-of-the-mine' }), false);
    await directory.kept.savePillar(web1, {
      pillar: dict({ key: 'CANARY-of-the-pillar' }),
      version: 'v2',
      secrets: ['CANARY-of-the-pillar'],
    });
    await store.close();
    for (const file of ['jobs.db']) expect(readFileSync(join(folder, file), 'latin1')).not.toContain('CANARY');
    await open();
    expect(read(mineWith(), db1, 'name', 'web1')).toEqual(dict({ web1: 'CANARY-of-the-mine' }));
    expect(directory.match({ type: 'pillar', expression: 'key:CANARY*' })).toEqual([web1]);
    expect(directory.kept.pillarOf(web1)?.version).toBe('v2');
    await directory.forget(web1);
    await store.close();
    await open();
    expect(directory.kept.mineOf(web1)).toBe(undefined);
    expect(directory.kept.pillarOf(web1)).toBe(undefined);
  });
});
