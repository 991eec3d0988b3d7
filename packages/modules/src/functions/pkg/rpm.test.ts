import { toPlain, type Plain } from '@brine/common';
import { createFakeHost, fakeApt } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { fakeDnf } from '../../../test-support/fake-dnf.ts';
import { callScratch } from '../../../test-support/scratch-context.ts';

function createBox(installed: Record<string, string>, altered: Record<string, string> = {}) {
  const host = createFakeHost(fakeDnf(installed, altered));
  const grains = { os_family: 'RedHat' };
  const call = async (name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) =>
    toPlain((await callScratch(name, { positional, keyword, host, grains })).value);
  return { host, call };
}

const none = { installed: [], 'not installed': [] };

describe('pkg on dnf', () => {
  it('tells of groups and installs them', async () => {
    const { call } = createBox({ tool: '1.0-1' });
    expect(await call('pkg.group_list')).toEqual({
      installed: ['Core'],
      available: ['Load Balancer'],
      'installed environments': [],
      'available environments': ['Server'],
      'available languages': { 'Afrikaans Support [af]': { name: 'Afrikaans Support', language: 'af' } },
    });
    expect(await call('pkg.group_info', ['lb'])).toEqual({
      ...{ type: 'package group', group: 'Load Balancer', description: '' },
      ...{ mandatory: ['hello'], optional: ['extra'], default: ['tool'], conditional: ['base'] },
    });
    const server = { type: 'environment group', group: 'Server', description: 'A server.' };
    expect(await call('pkg.group_info', ['Server'])).toEqual({
      ...{ ...server, mandatory: ['Core'], optional: ['Load Balancer'], default: [], conditional: [] },
    });
    expect(await call('pkg.group_info', ['Server', true])).toEqual({
      ...{ ...server, mandatory: ['base', 'hello'], optional: ['extra'], default: ['tool'], conditional: ['base'] },
    });
    expect(await call('pkg.group_diff', ['lb'])).toEqual({
      mandatory: { ...none, 'not installed': ['hello'] },
      optional: { ...none, 'not installed': ['extra'] },
      default: { ...none, installed: ['tool'] },
      conditional: { ...none, 'not installed': ['base'] },
    });
    await expect(call('pkg.group_info', ['nosuch'])).rejects.toThrow("Group 'nosuch' not found");
    await expect(call('pkg.group_install', ['-x'])).rejects.toThrow('-x cannot be the name of a group');
    expect(await call('pkg.group_install', ['lb'], { include: 'extra' })).toEqual({
      hello: { old: '', new: '1.1-1' },
      extra: { old: '', new: '1.0-1' },
    });
    expect(await call('pkg.groupinstall', ['lb'], { skip: 'tool' })).toEqual({});
  });

  it('tells of advisories and installs them', async () => {
    const { call } = createBox({ hello: '1.0-1' });
    expect(await call('pkg.list_patches')).toEqual({
      'LAB-2026-1': { installed: false, summary: ['hello-1.1-1.noarch'] },
      'LAB-2026-2': { installed: true, summary: ['tool-1.0-1.noarch'] },
    });
    expect(Object.keys((await call('pkg.list_installed_patches')) as object)).toEqual(['LAB-2026-2']);
    await expect(call('pkg.install', [], { advisory_ids: ['X'] })).rejects.toThrow('Advisory id "X" not found');
    expect(await call('pkg.install', [], { advisory_ids: 'LAB-2026-1', downloadonly: true })).toMatchObject({
      hello: { old: '', new: { '1.1-1': { size: 21 } } },
    });
    expect(Object.keys((await call('pkg.list_downloaded')) as object)).toEqual(['hello']);
    expect(await call('pkg.install', [], { advisory_ids: ['LAB-2026-1'] })).toEqual({
      hello: { old: '1.0-1', new: '1.1-1' },
    });
  });

  it('tells which files were altered', async () => {
    const { call } = createBox({ hello: '1.1-1' }, { hello: 'S.5....T.  c /etc/hello.conf\nmissing     /x\n' });
    expect(await call('pkg.verify', ['hello'])).toEqual({
      '/etc/hello.conf': { mismatch: ['size', 'md5sum', 'mtime'], type: 'config' },
      '/x': { missing: true },
    });
    expect(await call('pkg.verify', ['hello'], { ignore_types: 'config', verify_options: 'nomtime' })).toEqual({
      '/x': { missing: true },
    });
    await expect(call('pkg.verify', ['nope'])).rejects.toThrow('Failed to verify package(s): package nope is not');
    const apt = { host: createFakeHost(fakeApt({})), grains: { os_family: 'Debian' } };
    await expect(callScratch('pkg.verify', apt)).rejects.toThrow('pkg.verify not implemented');
    await expect(callScratch('pkg.group_list', apt)).rejects.toThrow('apt has no groups of packages.');
  });
});

describe('pkg.list_repo_pkgs', () => {
  const dump =
    'Using Versioning System: Standard .deb\nPackage: bash\n Version: 5.2-2\n     File: /var/lib/apt/lists/x\n' +
    ' Version: 5.2-10\nPackage: bash-virtual\nPackage: sed\n Version: 4.9-1\n';
  const host = createFakeHost({
    programs: { 'apt-get': () => '', 'apt-cache': ([verb]) => (verb === 'dump' ? dump : '') },
  });
  const list = async (...positional: readonly string[]) =>
    toPlain((await callScratch('pkg.list_repo_pkgs', { positional, host, grains: { os_family: 'Debian' } })).value);

  it('takes globs, and answers everything without names', async () => {
    expect(await list('ba*')).toEqual({ bash: ['5.2-10', '5.2-2'] });
    expect(await list()).toEqual({ bash: ['5.2-10', '5.2-2'], sed: ['4.9-1'] });
    expect(await list('nope*', 's?d')).toEqual({ sed: ['4.9-1'] });
    await expect(list('--help*')).rejects.toThrow("'--help*' is no name of packages");
  });
});
