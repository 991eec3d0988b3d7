// How long the commands take to start and answer: node test/bench/launch.mjs [rounds]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, bringUp, createFleet, endFleet } from '../demo/fleet.mjs';
import { measure, print } from './measure.mjs';

const rounds = Number(process.argv[2] ?? 15);
const ids = ['web1', 'web2', 'db1'];
const alone = mkdtempSync(join(tmpdir(), 'brine-launch-'));
writeFileSync(join(alone, 'minion'), `root_dir: ${alone}\nfile_client: local\nid: alone\n`);
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
      ],
      rounds,
    ),
  );
} finally {
  await endFleet(fleet);
  rmSync(alone, { recursive: true, force: true });
}
