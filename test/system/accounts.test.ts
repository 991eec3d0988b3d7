import { afterEach, describe, expect, it } from 'vitest';
import { createRealRun } from './run-state.ts';

const isRoot = process.getuid?.() === 0;
const user = `brinetest${process.pid}`;
const team = `brineteam${process.pid}`;

describe.skipIf(!isRoot)('accounts on this machine', () => {
  afterEach(async () => {
    const run = createRealRun();
    await run.apply('user.absent', { name: user, purge: true });
    await run.apply('group.absent', { name: team });
    await run.apply('group.absent', { name: user });
  });

  it('makes a group and a user, changes them and finds nothing more to do', async () => {
    const run = createRealRun();
    expect(await run.apply('group.present', { name: team, gid: 45123 })).toEqual({
      kind: 'change',
      comment: `New group ${team} created`,
      changes: { name: team, passwd: 'x', gid: 45123, members: [] },
    });
    const args = { name: user, shell: '/bin/sh', groups: [team], fullname: 'A Tester', home: `/tmp/${user}` };
    expect(await run.check('user.present', args)).toMatchObject({
      pending: { comment: `User ${user} set to be added` },
    });
    const created = await run.apply('user.present', args);
    expect(created).toMatchObject({
      comment: `New user ${user} created`,
      changes: {
        name: user,
        home: `/tmp/${user}`,
        shell: '/bin/sh',
        fullname: 'A Tester',
        groups: [team, user].toSorted(),
      },
    });
    expect(await run.apply('user.present', args)).toMatchObject({
      kind: 'ok',
      comment: `User ${user} is present and up to date`,
    });
    const changed = await run.apply('user.present', { ...args, shell: '/bin/bash', groups: [], maxdays: 90 });
    expect(changed).toMatchObject({
      comment: `Updated user ${user}`,
      changes: { shell: '/bin/bash', groups: [user], max: 90 },
    });
    expect(changed.failed).not.toBe(true);
  });

  it('sets a password from its text, hides it, and keeps the hash when it fits', async () => {
    const run = createRealRun();
    const args = { name: user, password: 'sesame', hash_password: true, home: `/tmp/${user}` };
    const created = await run.apply('user.present', args);
    expect(created.changes).toMatchObject({ password: 'XXX-REDACTED-XXX' });
    expect(await run.apply('user.present', args)).toMatchObject({ kind: 'ok' });
    const other = await run.check('user.present', { ...args, password: 'other' });
    expect(other).toMatchObject({ pending: { changes: { passwd: 'XXX-REDACTED-XXX' } } });
  });

  it('fails for groups that do not exist', async () => {
    const answer = await createRealRun().apply('user.present', { name: user, groups: ['brine-no-such'] });
    expect(answer).toMatchObject({ failed: true, comment: 'The following group(s) are not present: brine-no-such' });
  });
});
