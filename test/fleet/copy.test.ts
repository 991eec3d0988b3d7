import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;
/** More than two pieces, and no text. */
const large = Buffer.alloc(
  2_500_000,
  Uint8Array.from({ length: 251 }, (_item, index) => (index * 7) % 256),
);

beforeAll(async () => {
  fleet = await createFleet();
  fleet.folder.write('source/site/page', 'hello\n', 0o640);
  fleet.folder.write('source/site/large', '');
  fleet.folder.write('source/other', 'other\n');
  mkdirSync(fleet.folder.at('source/site/empty'));
  mkdirSync(fleet.folder.at('dest'));
  await fleet.startMaster();
  await fleet.join('web1');
});

afterAll(async () => {
  await fleet.end();
});

describe('salt-cp', () => {
  it('copies files', async () => {
    const { folder } = fleet;
    const [page, other, dest] = [folder.at('source/site/page'), folder.at('source/other'), folder.at('dest')];
    const answer = await fleet.json('salt-cp', '*', page, other, dest);
    expect(answer).toEqual({ web1: { [`${dest}/page`]: true, [`${dest}/other`]: true } });
    expect(readFileSync(`${dest}/page`, 'utf8')).toBe('hello\n');
  });

  it('copies folders in pieces, with their modes and whatever is in them', async () => {
    const { folder } = fleet;
    folder.write('source/site/large', large, 0o600);
    const dest = folder.at('srv');
    expect(await fleet.json('salt-cp', '-C', '-L', 'web1', folder.at('source/site'), dest)).toEqual({
      web1: { [`${dest}/site/empty`]: true, [`${dest}/site/large`]: true, [`${dest}/site/page`]: true },
    });
    expect(readFileSync(`${dest}/site/large`).equals(large)).toBe(true);
    expect(statSync(`${dest}/site/page`).mode & 0o777).toBe(0o640);
    expect(readdirSync(`${dest}/site`)).toEqual(['empty', 'large', 'page']);
    expect(readdirSync(folder.at('web1/var/cache/salt/minion/salt-cp'))).toEqual([]);
  });

  it('ends with status 1 when something did not arrive', async () => {
    const { folder } = fleet;
    const source = folder.at('source/other');
    expect(await fleet.run('salt-cp', '*', source, folder.at('nowhere/else/other'))).toEqual({
      status: 1,
      stdout: 'web1:\n    Destination unavailable\n',
      stderr: 'ERROR: Not everything was copied\n',
    });
  });

  it.each([
    [['*', '/nonexistent', '/tmp/x'], 1, 'salt-cp: cannot copy /nonexistent: it does not exist\n'],
    [['*', '/dev', '/tmp/x'], 1, 'salt-cp: cannot copy /dev: folders are copied with --chunked only\n'],
    [['*', '/etc/hostname'], 64, "salt-cp: a source or a destination is missing: salt-cp '<target>' SOURCE… DEST\n"],
    [['nobody', '/etc/hostname', '/tmp/x'], 2, /^salt-cp: No minions matched the target\./],
  ])('refuses %j before anything is sent', async (args, status, message) => {
    const finished = await fleet.run('salt-cp', ...args);
    expect(finished.status).toBe(status);
    if (typeof message === 'string') expect(finished.stderr).toBe(message);
    else expect(finished.stderr).toMatch(message);
  });
});
