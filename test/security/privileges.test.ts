import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from '../fleet/fleet.ts';

const user = 'nobody';
const idOf = (option: string): string => execFileSync('id', [option, user], { encoding: 'utf8' }).trim();

let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  chmodSync(fleet.folder.path, 0o711);
});

afterAll(async () => {
  await fleet.end();
});

/** The folder of a member, where its user writes. */
function give(member: string): void {
  mkdirSync(fleet.folder.at(member));
  chownSync(fleet.folder.at(member), Number(idOf('-u')), Number(idOf('-g')));
}

/** What the kernel says of a process, by the names of its lines. */
function rightsOf({ pid }: Daemon): Readonly<Record<string, readonly string[]>> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  const named = lines.map((line) => line.split(':')).filter(([name = '']) => /^(?:Uid|Gid|Groups|CapEff)$/.test(name));
  return Object.fromEntries(named.map(([name = '', rest = '']) => [name, rest.trim().split(/\s+/)]));
}

describe('a daemon that was started by root and has a user', () => {
  const [uid, gid, groups] = [idOf('-u'), idOf('-g'), idOf('-G').split(' ')];
  const expected = {
    Uid: [uid, uid, uid, uid],
    Gid: [gid, gid, gid, gid],
    Groups: groups,
    CapEff: ['0000000000000000'],
  };

  it('CVE-2013-6617: has no group and no right of root, as a master', async () => {
    give('master');
    expect(rightsOf(await fleet.startMaster({ user }))).toEqual(expected);
  });

  it('CVE-2013-6617: has no group and no right of root, as a minion', async () => {
    give('web1');
    const minion = fleet.startMinion('web1', { user });
    await minion.logged('minion started', { id: 'web1' });
    expect(rightsOf(minion)).toEqual(expected);
  });
});
