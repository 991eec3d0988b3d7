import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';
import type { Settings } from './fleet-folder.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const local = `brinehup${process.pid}`;
let fleet: Fleet;
let httpPort: number;

/** Writes a new certificate of that name, and its key. */
function certify(name: string): void {
  const files = ['-keyout', fleet.folder.at('tls.key'), '-out', fleet.folder.at('tls.crt')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const made = spawnSync('openssl', ['req', '-x509', ...kind, '-subj', `/CN=${name}`, ...files]);
  expect(made.status).toBe(0);
}

/** What of the configuration this file changes: who may run `test.FUNCTION`. */
function settingsFor(name: string, reactor: readonly unknown[] = []): Settings {
  return {
    publisher_acl: { [local]: [`test.${name}`] },
    external_auth: { file: { '^filename': fleet.folder.at('users'), ada: [`test.${name}`] } },
    rest_cherrypy: {
      ...{ port: 0, host: '127.0.0.1' },
      ...{ ssl_crt: fleet.folder.at('tls.crt'), ssl_key: fleet.folder.at('tls.key') },
    },
    reactor,
  };
}

beforeAll(async () => {
  spawnSync('useradd', ['--create-home', local]);
  fleet = await createFleet();
  fleet.folder.write('users', 'ada:pw-ada\n', 0o600);
  mkdirSync(fleet.folder.at('master'), { recursive: true });
  for (const path of [fleet.folder.path, fleet.folder.at('master')]) chmodSync(path, 0o755);
  certify('one');
  const master = await fleet.startMaster(settingsFor('ping'));
  httpPort = Number((await master.logged('http api listens'))['port']);
  await fleet.join('web1');
});

afterAll(async () => {
  await fleet.end();
  spawnSync('userdel', ['--remove', local]);
});

async function hangUp(settings: Settings): Promise<unknown> {
  fleet.folder.configureMaster(settings);
  const mark = fleet.master().mark();
  fleet.master().signal('SIGHUP');
  return (await fleet.master().logged('configuration was read again', {}, mark))['changed'];
}

/** Whether the local user and ada may run `test.NAME`. */
async function allowed(name: string): Promise<readonly boolean[]> {
  const words = ['web1', `test.${name}`, ...(name === 'echo' ? ['hi'] : [])];
  const program = [process.execPath, join(checkout, 'bin/salt'), '-c', fleet.folder.at('master')];
  const asLocal = spawnSync('runuser', ['-u', local, '--', ...program, ...words], { cwd: '/' });
  const login = ['-a', 'file', '--username', 'ada', '--password', 'pw-ada'];
  const asAda = await fleet.run('salt', ...login, ...words);
  return [asLocal.status === 0, asAda.status === 0];
}

async function certificateName(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: httpPort, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.end();
    });
    socket.once('error', reject);
  });
}

it('takes over who may do what, for users of the machine and those who log in', async () => {
  expect([await allowed('ping'), await allowed('echo')]).toEqual([
    [true, true],
    [false, false],
  ]);
  expect(await hangUp(settingsFor('echo'))).toEqual(['external_auth', 'publisher_acl']);
  expect([await allowed('ping'), await allowed('echo')]).toEqual([
    [false, false],
    [true, true],
  ]);
});

it('takes over the rules of the reactor', async () => {
  const sls = fleet.folder.write('reactor/mark.sls', 'seen:\n  local.test.ping:\n    - tgt: web1\n');
  await fleet.json('salt', '--static', 'web1', 'event.send', 'my/early');
  const mark = fleet.master().mark();
  expect(await hangUp(settingsFor('echo', [{ 'my/*': [sls] }]))).toEqual(['reactor']);
  await fleet.json('salt', '--static', 'web1', 'event.send', 'my/late');
  expect(await fleet.master().logged('reaction done', {}, mark)).toMatchObject({ id: 'seen', tag: 'my/late' });
});

it('shows a new certificate to who connects then', async () => {
  expect(await certificateName()).toBe('one');
  certify('two');
  expect(await certificateName()).toBe('one');
  await hangUp(settingsFor('echo'));
  expect(await certificateName()).toBe('two');
});
