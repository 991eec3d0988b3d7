// How long the commands take to start and answer: node test/bench/launch.mjs [rounds]
// SALT_PEER names a `salt` of Salt to compare with, SALT_PEER_CONFIG the configuration folder of its running master.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, bringUp, createFleet, endFleet } from '../demo/fleet.mjs';
import { measure, print } from './measure.mjs';

const rounds = Number(process.argv[2] ?? 15);
const ids = ['web1', 'web2', 'db1'];
const alone = mkdtempSync(join(tmpdir(), 'brine-launch-'));
writeFileSync(join(alone, 'minion'), `root_dir: ${alone}\nfile_client: local\nid: alone\n`);
const { SALT_PEER: peer, SALT_PEER_CONFIG: peerConfig = '/etc/salt' } = process.env;
const peers =
  peer === undefined
    ? []
    : [
        { name: "Salt's salt --help", file: peer, args: ['--help'] },
        { name: "Salt's salt '*' test.ping", file: peer, args: ['-c', peerConfig, '*', 'test.ping'] },
      ];
const fleet = await createFleet(ids);
const master = ['-c', fleet.configOf('master')];
try {
  await bringUp(fleet);
  print(
    measure(
      [
        { name: 'node -e 0 (the floor)', file: process.execPath, args: ['-e', '0'] },
        { name: 'salt --help', file: bin('salt'), args: ['--help'] },
        { name: "salt '*' test.ping, three minions", file: bin('salt'), args: [...master, '*', 'test.ping'] },
        {
          name: 'salt-call test.ping through the daemon',
          file: bin('salt-call'),
          args: ['-c', fleet.configOf('web1'), 'test.ping'],
        },
        { name: 'salt-call --local test.ping', file: bin('salt-call'), args: ['-c', alone, 'test.ping'] },
        { name: 'salt-key -L', file: bin('salt-key'), args: [...master, '-L'] },
        ...peers,
      ],
      rounds,
    ),
  );
} finally {
  await endFleet(fleet);
  rmSync(alone, { recursive: true, force: true });
}
