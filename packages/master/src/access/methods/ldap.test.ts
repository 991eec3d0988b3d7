import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toValue, type Dict } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLdapMethod } from './ldap.ts';

const base = 'dc=example,dc=org';
const entries = `
dn: ${base}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=People,${base}
objectClass: organizationalUnit
ou: People

dn: ou=Groups,${base}
objectClass: organizationalUnit
ou: Groups

dn: cn=reader,${base}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: reader-pw

dn: uid=ada,ou=People,${base}
objectClass: inetOrgPerson
uid: ada
cn: Ada
sn: L
userPassword: geheim

dn: cn=operators,ou=Groups,${base}
objectClass: posixGroup
cn: operators
gidNumber: 2000
memberUid: ada
`;
let folder: string;
let server: ChildProcess;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'brine-ldap-'));
  mkdirSync(join(folder, 'db'));
  const schemas = ['core', 'cosine', 'nis', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`);
  const database = ['database mdb', `suffix "${base}"`, `rootdn "cn=admin,${base}"`, `directory ${join(folder, 'db')}`];
  const settings = ['modulepath /usr/lib/ldap', 'moduleload back_mdb', ...schemas, ...database];
  writeFileSync(join(folder, 'slapd.conf'), `${settings.join('\n')}\n`);
  writeFileSync(join(folder, 'entries.ldif'), entries);
  const added = spawnSync('slapadd', ['-f', join(folder, 'slapd.conf'), '-l', join(folder, 'entries.ldif')], {
    encoding: 'utf8',
  });
  if (added.status !== 0) throw new Error(added.stderr);
  const port = await freePort();
  url = `ldap://127.0.0.1:${port}`;
  server = spawn('slapd', ['-f', join(folder, 'slapd.conf'), '-h', url, '-d', '0'], { stdio: 'ignore' });
  await listening(port);
});

afterAll(async () => {
  const ended = new Promise((resolve) => {
    server.once('close', resolve);
  });
  server.kill();
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => void probe.close(resolve));
  return port;
}

/** Tries until somebody listens; each try ends by itself. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => setImmediate(resolve, false));
    });
    if (isUp) return;
  }
}

const faults: string[] = [];

function method(settings: Readonly<Record<string, string | boolean>>) {
  const keys = Object.entries({ uri: url, basedn: base, ...settings }).map(([key, value]) => [
    `auth.ldap.${key}`,
    value,
  ]);
  return createLdapMethod({
    settings: toValue(Object.fromEntries(keys) as Record<string, string>) as Dict,
    onFault: (message) => faults.push(message),
  });
}

const as = (username: string, password: string) => ({ username, password, eauth: 'ldap' });
const reader = { binddn: `cn=reader,${base}`, bindpw: 'reader-pw' };

describe('a directory', () => {
  it.each([
    ['asked as a reader', reader],
    ['asked by nobody in particular', { anonymous: true }],
    ['with a filter', { ...reader, filter: '(&(objectClass=inetOrgPerson)(uid={{ username }}))' }],
    ['asked as the user', { binddn: `uid={{ username }},ou=People,${base}` }],
  ])('proves its users, %s', async (_name, settings) => {
    const ldap = method(settings);
    expect(await ldap.prove(as('ada', 'geheim'))).toBe(true);
    for (const [user, password] of [
      ['ada', 'falsch'],
      ['ada', ''],
      ['eve', 'geheim'],
      ['*', 'geheim'],
      ['a*', 'geheim'],
      ['ADA', 'geheim'],
      ['ada ', 'geheim'],
      ['ada)(uid=*', 'geheim'],
      [`ada,ou=People,${base}`, 'geheim'],
      ['', 'geheim'],
    ] as const) {
      expect([user, await ldap.prove(as(user, password))]).toEqual([user, false]);
    }
  });

  it('knows groups, and who is still there', async () => {
    const ldap = method(reader);
    expect(await ldap.groupsOf('ada')).toEqual(['operators']);
    expect(await ldap.groupsOf('eve')).toEqual([]);
    expect([await ldap.isStillGood('ada'), await ldap.isStillGood('eve')]).toEqual([true, false]);
  });

  it('that cannot be asked lets nobody in, and is told to the log', async () => {
    faults.length = 0;
    const ldap = method({ ...reader, uri: 'ldap://127.0.0.1:1' });
    expect(await ldap.prove(as('ada', 'geheim'))).toBe(false);
    expect(await ldap.isStillGood('ada')).toBe(false);
    expect(faults).toEqual(['the directory cannot be asked', 'the directory cannot be asked']);
  });
});
