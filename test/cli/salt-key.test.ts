import { afterEach, describe, expect, it } from 'vitest';
import type { KeyChange, KeyEntry } from '@brine/api';
import { createFakeMaster, fakeKeys, type FakeMaster } from './fake-master.ts';

const masters: FakeMaster[] = [];

afterEach(async () => {
  await Promise.all(masters.splice(0).map(async (master) => master.end()));
});

const entry = (id: string, state: KeyEntry['state']): KeyEntry => {
  return { id, state, fingerprint: `finger of ${id}`, publicKey: `key of ${id}` };
};
const entries = [entry('db', 'denied'), entry('mail', 'rejected'), entry('new', 'pending'), entry('web', 'accepted')];

async function createKeys(): Promise<{ readonly master: FakeMaster; readonly changes: readonly KeyChange[] }> {
  const keys = fakeKeys(entries);
  const master = await createFakeMaster({ keys, status: () => new Map() } as never);
  masters.push(master);
  return { master, changes: keys.changes };
}

describe('salt-key shows keys', () => {
  it('in all their states', async () => {
    const { master } = await createKeys();
    expect(await master.run('salt-key', ['-L'])).toEqual({
      status: 0,
      stdout: 'Accepted Keys:\nweb\nDenied Keys:\ndb\nUnaccepted Keys:\nnew\nRejected Keys:\nmail\n',
      stderr: '',
    });
    expect(JSON.parse((await master.run('salt-key', ['--out', 'json'])).stdout)).toEqual({
      minions: ['web'],
      minions_denied: ['db'],
      minions_pre: ['new'],
      minions_rejected: ['mail'],
    });
  });

  it.each([
    ['acc', 'Accepted Keys:\nweb\n'],
    ['un', 'Unaccepted Keys:\nnew\n'],
    ['pre', 'Unaccepted Keys:\nnew\n'],
    ['rejected', 'Rejected Keys:\nmail\n'],
    ['den', 'Denied Keys:\ndb\n'],
  ])('in the state that -l %s names', async (name, stdout) => {
    const { master } = await createKeys();
    expect(await master.run('salt-key', ['-l', name])).toEqual({ status: 0, stdout, stderr: '' });
  });

  it('by their fingerprints and in full', async () => {
    const { master } = await createKeys();
    expect(JSON.parse((await master.run('salt-key', ['-f', 'new', '--out', 'json'])).stdout)).toEqual({
      minions_pre: { new: 'finger of new' },
    });
    expect(JSON.parse((await master.run('salt-key', ['-F', '--out', 'json'])).stdout)).toEqual({
      local: { 'master.pub': 'aa:bb' },
      minions: { web: 'finger of web' },
      minions_denied: { db: 'finger of db' },
      minions_pre: { new: 'finger of new' },
      minions_rejected: { mail: 'finger of mail' },
    });
    expect(JSON.parse((await master.run('salt-key', ['-p', 'web', '--out', 'json'])).stdout)).toEqual({
      minions: { web: 'key of web' },
    });
  });

  it.each([
    [
      ['-l', 'lost'],
      "salt-key: 'lost' is no state of keys; there are: all, accepted, unaccepted, rejected, denied, deleted\n",
    ],
    [
      ['--preserve-minions', 'x'],
      'salt-key: the option --preserve-minions does not exist: what is known of a minion whose key is deleted is forgotten; --restore brings the key back\n',
    ],
  ])('and refuses %j with status 64', async (args, stderr) => {
    const { master } = await createKeys();
    expect(await master.run('salt-key', args)).toEqual({ status: 64, stdout: '', stderr });
  });
});

const list = 'The following keys are going to be accepted:\nUnaccepted Keys:\nnew\n';
const deletion = 'The following keys are going to be deleted:\nAccepted Keys:\nweb\n';
const acceptNew: KeyChange = { action: 'accept', match: 'new', from: ['pending'] };
const deleteWeb: KeyChange = { action: 'delete', match: 'web', from: ['accepted', 'denied', 'pending', 'rejected'] };

describe('salt-key changes keys', () => {
  it('without asking with -y', async () => {
    const { master, changes } = await createKeys();
    expect(await master.run('salt-key', ['-a', 'new', '-y'])).toEqual({
      status: 0,
      stdout: `${list}Key for minion new accepted.\n`,
      stderr: '',
    });
    expect(changes).toEqual([acceptNew]);
  });

  it.each([
    ['-a', 'new', 'y\n', [acceptNew]],
    ['-a', 'new', '\n', [acceptNew]],
    ['-a', 'new', 'n\n', []],
    ['-d', 'web', 'Yes\n', [deleteWeb]],
    ['-d', 'web', '\n', []],
    ['-d', 'web', 'no\n', []],
  ])('when asked: %s %s answered %j', async (option, id, answer, expected) => {
    const { master, changes } = await createKeys();
    const { status, stdout } = await master.run('salt-key', [option, id], answer);
    expect(status).toBe(0);
    expect(stdout.startsWith(option === '-a' ? `${list}Proceed? [n/Y] ` : `${deletion}Proceed? [N/y] `)).toBe(true);
    expect(changes).toEqual(expected);
  });

  it.each(['-a', '-d'])('never when nobody can answer (%s)', async (option) => {
    const { master, changes } = await createKeys();
    const { status, stderr } = await master.run('salt-key', [option, option === '-a' ? 'new' : 'web'], '');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "salt-key: nobody answered, so nothing was changed; '-y' goes on without asking\n",
    });
    expect(changes).toEqual([]);
  });

  it.each([
    [
      ['-a', 'new', '--include-rejected'],
      ['pending', 'rejected'],
    ],
    [
      ['-a', 'new', '--include-denied'],
      ['pending', 'denied'],
    ],
    [
      ['-A', '--include-all'],
      ['pending', 'rejected', 'denied'],
    ],
    [
      ['-r', 'new', '--include-accepted'],
      ['pending', 'accepted'],
    ],
    [['-R'], ['pending']],
    [['-D'], ['accepted', 'denied', 'pending', 'rejected']],
  ])('in the states that %j names', async (args, from) => {
    const { master, changes } = await createKeys();
    await master.run('salt-key', [...args, '-y']);
    expect(changes.map((change) => change.from)).toEqual([from]);
  });

  it('and says so when a glob matches none', async () => {
    const { master, changes } = await createKeys();
    expect(await master.run('salt-key', ['-a', 'web', '-y'])).toEqual({
      status: 0,
      stdout: "The key glob 'web' does not match any unaccepted keys.\n",
      stderr: '',
    });
    expect(changes).toEqual([]);
  });
});

describe('salt-key cares for keys', () => {
  const token = { name: 'aabbccdd', match: 'web*', status: 'open', createdAt: 0, expiresAt: 3_600_000 } as const;

  async function createMaster(ports: object): Promise<FakeMaster> {
    const master = await createFakeMaster({
      keys: { ...fakeKeys(entries), ...ports },
      status: () => new Map(),
    } as never);
    masters.push(master);
    return master;
  }

  it('makes, lists and revokes join tokens', async () => {
    const asked: unknown[] = [];
    const master = await createMaster({
      createToken: async (wish: object) => (asked.push(wish), { ...token, token: 'aabbccdd.secret.ff' }),
      tokens: async () => [token],
      revokeToken: async (name: string) => (asked.push(name), token),
    });
    const created = await master.run('salt-key', ['--token', 'create', '--id', 'web*', '--expires', '30m', '-q']);
    expect(created).toEqual({ status: 0, stdout: 'aabbccdd.secret.ff\n', stderr: '' });
    const listed = await master.run('salt-key', ['--token', 'list', '--out', 'json']);
    expect(JSON.parse(listed.stdout)).toEqual({
      aabbccdd: { id: 'web*', status: 'open', expires: '1970-01-01T01:00:00.000Z' },
    });
    expect((await master.run('salt-key', ['--token', 'revoke', 'aabbccdd'])).stdout).toBe(
      'Join token aabbccdd revoked.\n',
    );
    expect(asked).toEqual([{ match: 'web*', milliseconds: 1_800_000 }, 'aabbccdd']);
    expect(await master.run('salt-key', ['--token', 'make'])).toMatchObject({ status: 64, stdout: '' });
    expect(await master.run('salt-key', ['--token', 'create', '--expires', 'soon'])).toMatchObject({ status: 64 });
  });

  it('restores keys and renews them, and ends with 1 when a minion could not', async () => {
    const master = await createMaster({
      restore: async () => [entry('web', 'accepted')],
      rotateMaster: async () => ({ from: 'aa', fingerprint: 'bb' }),
      rotateMinions: async () => [
        { id: 'db', status: 'waiting' },
        { id: 'mail', status: 'failed' },
        { id: 'web', status: 'asked', fingerprint: 'cc' },
      ],
    });
    expect((await master.run('salt-key', ['--restore', 'web'])).stdout).toBe(
      'Key for minion web restored: it is accepted.\n',
    );
    expect(await master.run('salt-key', ['--rotate-master'], '\n')).toMatchObject({ status: 0 });
    expect((await master.run('salt-key', ['--rotate-master', '-y'])).stdout).toBe(
      "The master's key is new.\nfrom: aa\nto:   bb\n",
    );
    expect(await master.run('salt-key', ['--rotate', '*'])).toEqual({
      status: 1,
      stdout:
        'Minion db is not connected: it renews its key when it comes back.\n' +
        'Minion mail could not renew its key now (see its log): it is asked again when it connects next.\n' +
        'Minion web renews its key: cc\n',
      stderr: '',
    });
  });

  it('says why an option of other keys has no meaning here', async () => {
    const master = await createMaster({});
    expect(await master.run('salt-key', ['--keysize', '4096'])).toEqual({
      status: 64,
      stdout: '',
      stderr: 'salt-key: the option --keysize does not exist: keys are Ed25519 here and have one size\n',
    });
  });
});
