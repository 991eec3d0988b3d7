import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toValue, type Plain } from '@brine/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRealRun } from './run-state.ts';

const isRoot = process.getuid?.() === 0;
const user = `brinefun${process.pid}`;
const team = `brinegrp${process.pid}`;

async function call(name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) {
  const positionals = positional.map((value) => toValue(value));
  return createRealRun().call(
    name,
    positionals,
    new Map(Object.entries(keyword).map(([key, value]) => [key, toValue(value)])),
  );
}

describe.skipIf(!isRoot)('functions for accounts on this machine', () => {
  afterEach(async () => {
    await call('user.delete', [user], { remove: true, force: true });
    await call('group.delete', [team]);
  });

  it('make, change and remove users and groups', async () => {
    expect(await call('group.add', [team, 45_231])).toBe(true);
    expect(await call('group.info', [team])).toEqual(toValue({ name: team, gid: 45_231, passwd: 'x', members: [] }));
    expect(await call('user.add', [user], { home: `/tmp/${user}`, shell: '/bin/sh', fullname: 'A Tester' })).toBe(true);
    expect(await call('user.chworkphone', [user, '123'])).toBe(true);
    expect(await call('group.adduser', [team, user])).toBe(true);
    expect(((await call('user.info', [user])) as Map<string, unknown>).get('workphone')).toBe('123');
    expect(await call('user.list_groups', [user])).toEqual([team, user].toSorted());
    expect(await call('shadow.set_password', [user, '$6$salt$hash'])).toBe(true);
    expect(await call('shadow.lock_password', [user])).toBe(true);
    expect(await call('shadow.unlock_password', [user])).toBe(true);
    expect(await call('shadow.set_maxdays', [user, 42])).toBe(true);
    expect(await call('cmd.run', [`grep ^${user}: /etc/shadow | cut -d: -f2,5`])).toBe('$6$salt$hash:42');
    expect(await call('group.deluser', [team, user])).toBe(true);
    expect(await call('group.chgid', [team, 45_232])).toBe(true);
    expect(await call('group.info', [team])).toEqual(toValue({ name: team, gid: 45_232, passwd: 'x', members: [] }));
    expect(await call('user.delete', [user], { remove: true })).toBe(true);
    expect(await call('user.info', [user])).toEqual(toValue({}));
  });

  it('keep the crontab of a user', async () => {
    await call('user.add', [user], { createhome: false });
    expect(await call('cron.set_job', [user, '5', '4', '*', '*', '*', '/bin/true'], { identifier: 'x' })).toBe('new');
    expect(await call('cron.set_job', [user, '6', '4', '*', '*', '*', '/bin/true'], { identifier: 'x' })).toBe(
      'updated',
    );
    expect(await call('cmd.run', [`crontab -u ${user} -l`])).toContain('6 4 * * * /bin/true');
    expect(await call('cron.set_job', [user, '99', '4', '*', '*', '*', '/bin/false'])).toContain('bad minute');
    expect(await call('cron.rm', [user, '/bin/true'], { identifier: 'x' })).toBe('removed');
    expect(await call('cron.ls', [user])).toEqual(toValue({ pre: [], crons: [], special: [], env: [] }));
    await call('cmd.run', [`crontab -u ${user} -r`]);
  });
});

describe('functions for archives on this machine', () => {
  it('unpack a zip with its modes, or with usual ones', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'brine-zip-'));
    try {
      const [archive, there] = [path.join(folder, 'a.zip'), path.join(folder, 'there')];
      writeFileSync(path.join(folder, 'run'), '#!/bin/sh\n', { mode: 0o755 });
      expect(await call('archive.zip', [archive, 'run'], { cwd: folder })).toEqual(['run']);
      const modes: unknown[] = [];
      for (const keeps of [true, false]) {
        expect(await call('archive.unzip', [archive, there], { extract_perms: keeps })).toEqual(['run']);
        modes.push(await call('file.get_mode', [path.join(there, 'run')]));
      }
      expect(modes).toEqual(['0755', '0644']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('functions for git on this machine', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'brine-git-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('make, change, clone and read repositories', async () => {
    const [source, copy] = [path.join(folder, 'source'), path.join(folder, 'copy')];
    expect(await call('git.init', [source], { opts: '--initial-branch=main' })).toContain('Initialized empty');
    expect(await call('git.config_set', ['user.name', 'A Tester'], { cwd: source })).toEqual(['A Tester']);
    await call('git.config_set', ['user.email', 'a@example.org'], { cwd: source });
    writeFileSync(path.join(source, 'a file'), 'one\n');
    expect(await call('git.status', [source])).toEqual(toValue({ untracked: ['a file'] }));
    expect(await call('git.add', [source, 'a file'])).toBe("add 'a file'");
    expect(await call('git.commit', [source, 'first'])).toContain('1 file changed');
    expect(await call('git.tag', [source, 'v1'])).toBe('');
    expect(await call('git.clone', [copy, source])).toBe(true);
    const head = await call('git.revision', [source]);
    expect(head).toMatch(/^[0-9a-f]{40}$/);
    expect(await call('git.revision', [copy, 'v1'])).toBe(head);
    expect(await call('git.current_branch', [copy])).toBe('main');
    expect(await call('git.remotes', [copy])).toEqual(toValue({ origin: { fetch: source, push: source } }));
    writeFileSync(path.join(source, 'a file'), 'two\n');
    await call('git.commit', [source, 'second'], { opts: '-a' });
    await call('git.branch', [source, 'next']);
    const fetched = (await call('git.fetch', [copy])) as Map<string, unknown>;
    expect(fetched.get('new branches')).toEqual(['next']);
    expect(fetched.get('updated branches')).toEqual(
      toValue({
        main: {
          old: await call('git.revision', [copy, 'v1', true]),
          new: await call('git.revision', [source, 'HEAD', true]),
        },
      }),
    );
    expect(await call('git.checkout', [copy, 'next'])).toContain('next');
    expect(await call('git.list_branches', [copy])).toEqual(['main', 'next']);
    expect(await call('git.list_tags', [copy])).toEqual(['v1']);
    expect(await call('git.diff', [copy, 'v1', 'next'])).toContain('-one\n+two');
    expect(await call('git.ls_remote', [copy, 'origin', 'refs/tags/v1'])).toEqual(toValue({ 'refs/tags/v1': head }));
    expect(await call('git.config_get', ['user.nickname'], { cwd: copy })).toBe(null);
    expect(await call('git.is_worktree', [copy])).toBe(false);
    expect(await call('git.revision', [path.join(folder, 'nope')])).toMatch(
      /^ERROR: Command 'git rev-parse .*' failed: fatal: /,
    );
  });
});

describe('functions that look at this machine', () => {
  it('ask its package manager and services', async () => {
    expect(await call('pkg.version', ['bash'])).toMatch(/^\d/);
    expect(await call('pkg.version', ['no-such-package'])).toBe('');
    expect(await call('pkg.info_installed', ['bash'], { attr: 'name,version' })).toEqual(
      toValue({ bash: { name: 'bash', version: await call('pkg.version', ['bash']) } }),
    );
    expect(await call('pkg.owner', ['/usr/bin/dpkg'])).toBe('dpkg');
    expect(await call('service.available', ['no-such-service'])).toBe(false);
    expect(await call('service.get_all')).toContain('cron');
  });

  it('read mounts, disks, processes and kernel settings', async () => {
    expect(await call('mount.is_mounted', ['/'])).toBe(true);
    expect(await call('mount.get_mount_from_path', ['/proc/self/status'])).toBe('/proc');
    expect(await call('disk.percent', ['/'])).toMatch(/^\d+%$/);
    expect(await call('ps.get_pid_list')).toContain(process.pid);
    expect(await call('sysctl.get', ['kernel.ostype'])).toBe('Linux');
    expect(await call('ps.pgrep', ['no such process name'])).toBe(null);
  });

  it('query a server', async () => {
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ path: request.url }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const answer = await call('http.query', [`http://127.0.0.1:${port}/a?b=1`], { decode: true, status: true });
      expect(answer).toEqual(toValue({ body: '{"path":"/a?b=1"}', dict: { path: '/a?b=1' }, status: 200 }));
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
