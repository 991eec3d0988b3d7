import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toPlain } from '@brine/common';
import { afterAll, describe, expect, it } from 'vitest';
import { createRealRun } from './run-state.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'brine-samba-'));
const configuration = path.join(folder, 'smb.conf');
const log = path.join(folder, 'command-lines');
const search = process.env['PATH'] ?? '';

// Samba's own program, with a password database of this test's and a record of the command lines.
mkdirSync(path.join(folder, 'bin'));
writeFileSync(
  path.join(folder, 'bin', 'pdbedit'),
  `#!/bin/sh\necho "$@" >> ${log}\nexec /usr/bin/pdbedit -s ${configuration} "$@"\n`,
);
chmodSync(path.join(folder, 'bin', 'pdbedit'), 0o755);
const folders = ['private', 'state', 'cache', 'lock'].map((name) => {
  mkdirSync(path.join(folder, name));
  return `${name === 'private' ? 'private dir' : `${name} directory`} = ${path.join(folder, name)}`;
});
writeFileSync(
  configuration,
  `[global]\nworkgroup = WG\nnetbios name = BOX\npassdb backend = tdbsam\n${folders.join('\n')}\n`,
);
process.env['PATH'] = `${path.join(folder, 'bin')}:${search}`;

afterAll(() => {
  process.env['PATH'] = search;
  rmSync(folder, { recursive: true });
});

const password = '8846F7EAEE8FB117AD06BDD830B7586C';

describe('the accounts of a real Samba', () => {
  const run = createRealRun();

  it('are made with an NT hash, changed and removed, as foretold and without a secret on a command line', async () => {
    const hashed = { name: 'games', password, password_hashed: true, fullname: 'The Games', account_control: 'X' };
    expect(await run.apply('pdbedit.managed', hashed)).toMatchObject({ changes: { games: 'created' } });
    expect(await run.check('pdbedit.managed', hashed)).toMatchObject({ kind: 'ok' });
    expect(
      await run.check('pdbedit.managed', { ...hashed, password: 'password', password_hashed: false }),
    ).toMatchObject({ kind: 'ok' });
    const [sid] = [toPlain(await run.call('pdbedit.get', ['games'])) as { 'user sid': string }].map(
      (account) => account['user sid'],
    );
    expect(sid).toMatch(/-1000$/);

    const plain = {
      name: 'games',
      password: 'geheim und länger',
      drive: 'X:',
      homedir: '\\\\box\\g',
      account_control: 'NX',
    };
    const foretold = await run.check('pdbedit.managed', plain);
    const applied = await run.apply('pdbedit.managed', plain);
    expect(applied).toMatchObject({ kind: 'change', comment: '' });
    expect(foretold).toMatchObject({ pending: { changes: applied.changes } });
    expect(await run.check('pdbedit.managed', plain)).toMatchObject({ kind: 'ok' });

    expect(await run.apply('pdbedit.managed', { name: 'games', password, password_hashed: true })).toMatchObject({
      comment: '',
      changes: { games: { 'nt hash': { old: 'XXX-REDACTED-XXX', new: 'XXX-REDACTED-XXX' } } },
    });
    expect(toPlain(await run.call('pdbedit.get', ['games']))).toMatchObject({
      ...{ 'user sid': sid, 'full name': 'The Games', 'homedir drive': 'X:', 'home directory': '\\\\box\\g' },
      'account flags': '[NUX        ]',
    });
    expect(readFileSync(log, 'utf8')).not.toMatch(/8846F7|geheim/i);

    expect(await run.apply('pdbedit.absent', { name: 'games' })).toMatchObject({ changes: { games: 'deleted' } });
    expect(toPlain(await run.call('pdbedit.list', [false]))).toEqual([]);
  });
});
