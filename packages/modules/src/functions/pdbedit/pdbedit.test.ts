import { toPlain, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { fakePdbedit, sambaAccounts } from '../../../test-support/fake-pdbedit.ts';
import { callScratch } from '../../../test-support/scratch-context.ts';
import { ntHash } from '../../providers/samba/accounts.ts';

function createBox() {
  const host = createFakeHost({
    programs: { pdbedit: fakePdbedit },
    files: { '/tmp': { directory: true } },
    passwd: ['zoe:x:1000:1000::/home/zoe:/bin/sh', 'box$:x:1003:1003::/dev/null:/bin/false'],
    facts: { samba: sambaAccounts({ mal: { password: 'serenity', 'User SID': 'S-1-5-21-1-2-3-3000' } }) },
  });
  const call = async (name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) =>
    toPlain((await callScratch(name, { positional, keyword, host })).value);
  return { host, call };
}

describe('pdbedit', () => {
  it('tells of accounts, never of their hashes', async () => {
    const { call } = createBox();
    expect(await call('pdbedit.list', [false])).toEqual(['mal']);
    const told = await call('pdbedit.list');
    expect(told).toMatchObject({ mal: { 'unix username': 'mal', 'account flags': '[U          ]' } });
    expect(JSON.stringify(told)).not.toContain('hash');
    expect(await call('pdbedit.get', ['mal'], { hashes: true })).toMatchObject({
      'nt hash': 'XXX-REDACTED-XXX',
      'lm hash': 'XXX-REDACTED-XXX',
    });
    expect(await call('pdbedit.get', ['nobody'])).toEqual({});
    expect(await call('pdbedit.generate_nt_hash', ['password'])).toBe('8846F7EAEE8FB117AD06BDD830B7586C');
  });

  it('makes, changes and removes accounts', async () => {
    const { call } = createBox();
    expect(await call('pdbedit.modify', ['zoe'], { fullname: 'Zoe' })).toEqual({ zoe: 'absent' });
    expect(await call('pdbedit.create', ['zoe', 'warrior'])).toEqual({ zoe: 'created' });
    expect(await call('pdbedit.create', ['zoe', 'warrior'])).toEqual({ zoe: 'unchanged' });
    expect(await call('pdbedit.modify', ['zoe'], { fullname: 'Zoe', password: 'wash' })).toEqual({ zoe: 'updated' });
    expect(await call('pdbedit.get', ['zoe'])).toMatchObject({ 'full name': 'Zoe' });
    expect(await call('pdbedit.delete', ['zoe'])).toEqual({ zoe: 'deleted' });
    expect(await call('pdbedit.delete', ['zoe'])).toEqual({ zoe: 'absent' });
    expect(await call('pdbedit.create', ['stranger', 'x'])).toEqual({
      stranger: 'pdbedit ended with status 255: Failed to add entry for user stranger.',
    });
  });

  it('does not take the number of another account, not even for a moment', async () => {
    const { call } = createBox();
    const hash = ntHash('x');
    expect(await call('pdbedit.create', ['zoe', hash, true])).toEqual({
      zoe: 'the NT hash of zoe cannot be set: its number would be that of mal meanwhile',
    });
  });

  it('refuses names that are options or fields, and says when there is no Samba', async () => {
    const { call } = createBox();
    await expect(call('pdbedit.delete', ['--help'])).rejects.toThrow('must be the name of an account');
    await expect(call('pdbedit.create', ['a:b', 'x'])).rejects.toThrow('must be the name of an account');
    await expect(callScratch('pdbedit.list', { host: createFakeHost() })).rejects.toThrow(
      'pdbedit was not found on this minion.',
    );
  });
});
