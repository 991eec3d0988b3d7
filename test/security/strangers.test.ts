import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from '../fleet/fleet.ts';
import { blockScalar, createSecretKey } from '../fleet/secret-key.ts';
import { createEvilMinion } from './evil-minion.ts';

const canary = 'CANARY-pillar-91ab';
let fleet: Fleet;
let mask: number;
let witnesses = 0;

beforeAll(async () => {
  // What is private must be so by its own doing.
  mask = process.umask(0);
  fleet = await createFleet();
  const key = createSecretKey(fleet.folder.at('gpg'));
  fleet.folder.write('pillar/top.sls', "base:\n  '*':\n    - secret\n");
  fleet.folder.write('pillar/secret.sls', `#!yaml|gpg\npassword: ${blockScalar(key.encrypt(canary))}`);
  fleet.folder.write(
    'states/use.sls',
    'shown:\n  cmd.run:\n    - name: "true {{ pillar.password }}"\nbroken:\n  test.nop:\n    - name: {{ pillar.password }}\n    - require: [{x: "{{ pillar.password }}"}]\n',
  );
  await fleet.startMaster({ gpg_keydir: fleet.folder.at('gpg') });
  await fleet.join('web1');
});

afterAll(async () => {
  process.umask(mask);
  await fleet.end();
});

/** Every path below a folder of the fleet, relative to the fleet's. */
function pathsBelow(folder: string): readonly string[] {
  const names = readdirSync(fleet.folder.at(folder), { recursive: true, encoding: 'utf8' });
  return [folder, ...names.map((name) => join(folder, name))];
}

describe('a stranger on the network', () => {
  it.each([
    ...['../../x', '/etc/x', 'a/b', 'a\0b', '.', '..', '', 'a..b', '-x', 'x.', 'x ', 'a\nb', '*', '\u202Ex', 'é'],
    'x'.repeat(201),
  ])('is not heard under the id %j, and leaves no trace', async (id) => {
    const before = pathsBelow('master/etc/salt/pki');
    const stranger = createEvilMinion(fleet, id);
    stranger.bus.start();
    await stranger.handshaking;
    // Who begins later and is heard shows that the master has read what came before.
    const witness = createEvilMinion(fleet, `witness${(witnesses += 1)}`);
    witness.bus.start();
    await fleet.master().logged('key changed', { id: `witness${witnesses}`, action: 'pending' });
    const after = pathsBelow('master/etc/salt/pki').filter((path) => !path.endsWith(`/witness${witnesses}`));
    await Promise.all([stranger.bus.stop(), witness.bus.stop()]);
    expect(after).toEqual(before);
    expect(stranger.bus.state).not.toBe('accepted');
  });

  it('does not keep the others from being served', async () => {
    expect(await fleet.json('salt', '--static', 'web1', 'test.ping')).toEqual({ web1: true });
  });
});

describe('another user of the machine', () => {
  it('finds nothing of a daemon open, though the daemons were started without a mask', async () => {
    await fleet.run('salt', 'web1', 'state.apply', 'use');
    const open = [...pathsBelow('master/var'), ...pathsBelow('master/etc'), ...pathsBelow('web1/var')]
      .concat(pathsBelow('web1/etc'))
      .filter((path) => {
        const stat = lstatSync(fleet.folder.at(path));
        return !stat.isSymbolicLink() && (stat.mode & 0o022) !== 0;
      });
    expect(open).toEqual([]);
  });

  it('reads neither keys, jobs, sockets nor what they hold', () => {
    const secret = [
      ...[
        'master/var/run/salt/master',
        'master/var/run/salt/master/control.sock',
        'master/var/cache/salt/master/jobs.db',
      ],
      ...['master/etc/salt/pki/master/master.pem', 'master/etc/salt/pki/master', 'web1/etc/salt/pki/minion/minion.pem'],
      ...['web1/var/cache/salt/minion/jobs/journal', 'web1/var/run/salt/minion/minion.sock'],
    ];
    const modes = secret.map((path) => [path, (lstatSync(fleet.folder.at(path)).mode & 0o077).toString(8)]);
    expect(modes).toEqual(secret.map((path) => [path, '0']));
  });

  it('finds no secret in any log', () => {
    const logs = [...pathsBelow('master/var/log'), ...pathsBelow('web1/var/log')].filter((path) =>
      lstatSync(fleet.folder.at(path)).isFile(),
    );
    expect(logs.length).toBeGreaterThan(1);
    expect(logs.filter((path) => readFileSync(fleet.folder.at(path)).includes(canary))).toEqual([]);
  });

  it('finds no secret in the job store or the journal either', () => {
    const stores = [...pathsBelow('master/var/cache'), ...pathsBelow('web1/var/cache/salt/minion/jobs')].filter(
      (path) => lstatSync(fleet.folder.at(path)).isFile(),
    );
    expect(stores.filter((path) => readFileSync(fleet.folder.at(path)).includes(canary))).toEqual([]);
  });
});
