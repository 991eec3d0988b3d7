import { spawn } from 'node:child_process';
import { silentLogger, type Dict, type Value } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { followProgram } from '../host/local/follow-program.ts';
import { createLocalHost } from '../host/local/local-host.ts';
import type { BeaconContext } from './beacon.ts';
import { readExecve, sh } from './sh.ts';

it.each([
  ['[pid  7] execve("/bin/ls", ["ls", "-l a"], 0x5 /* 9 vars */) = 0', '/bin/ls', ['ls', '-l a']],
  [
    'execve("/bin/e", ["e", "say \\"\\303\\244\\"\\n"], 0x5 /* 9 vars */ <unfinished ...>',
    '/bin/e',
    ['e', 'say "ä"\n'],
  ],
  [
    'execve("/bin/e", ["e", "long"...], 0x5 /* 9 vars */) = -1 ENOENT (No such file or directory)',
    '/bin/e',
    ['e', 'long'],
  ],
])('reads %s', (line, cmd, args) => {
  expect(readExecve(line)).toEqual({ cmd, args });
});

it.each(['[pid 7] <... execve resumed>) = 0', 'strace: Process 7 attached', ''])('finds no call in %j', (line) => {
  expect(readExecve(line)).toBeUndefined();
});

it('tells of what a login shell starts', async () => {
  const shell = spawn('bash', [], { argv0: '-bash', stdio: ['pipe', 'ignore', 'ignore'] });
  const context = { host: createLocalHost(), log: silentLogger, follow: followProgram } as unknown as BeaconContext;
  const probe = sh.create(context);
  const seen: Dict[] = [];
  const isOfShell = (event: Dict): boolean => event.get('tag') === String(shell.pid);
  await expect
    .poll(
      async () => {
        shell.stdin.write('/usr/bin/env true "a b"\n');
        seen.push(...(await probe.look(new Map())).filter(isOfShell));
        return seen.some((event) => event.get('cmd') === '/usr/bin/env');
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  probe.close?.();
  const ended = new Promise((resolve) => shell.once('exit', resolve));
  shell.stdin.end();
  await ended;
  expect(seen.find((event) => event.get('cmd') === '/usr/bin/env')).toEqual(
    new Map<Value, Value>([
      ['args', ['/usr/bin/env', 'true', 'a b']],
      ['tag', String(shell.pid)],
      ['cmd', '/usr/bin/env'],
      ['user', 'root'],
    ]),
  );
});

it('says once that strace is missing', async () => {
  const probe = sh.create({ host: createFakeHost({}) } as unknown as BeaconContext);
  await expect(probe.look(new Map())).rejects.toThrow('strace is missing');
  expect(await probe.look(new Map())).toEqual([]);
});
