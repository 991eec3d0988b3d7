import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CommandRequest, CommandResult } from '../../kit/index.ts';
import { createLocalHost } from './local-host.ts';

const host = createLocalHost();
const folder = mkdtempSync(join(tmpdir(), 'brine-shell-'));
const isRoot = process.getuid?.() === 0;

afterAll(() => rmSync(folder, { recursive: true }));

type Options = Omit<CommandRequest, 'command'>;

async function both(
  shell: string,
  line: string,
  options: Options = {},
): Promise<readonly [CommandResult, CommandResult]> {
  const request = { workingDirectory: folder, input: 'given\n', ...options };
  return [
    await host.run({ ...request, command: { shell, line } }),
    await host.run({ ...request, command: { shell, line, isConcealed: true } }),
  ];
}

const withoutPid = ({ pid: _, ...result }: CommandResult): Omit<CommandResult, 'pid'> => result;

describe('a concealed line for a shell', () => {
  it.each(['/bin/sh', '/bin/bash'])('runs in %s as any other does', async (shell) => {
    for (const line of [
      'echo "$0 $# $*"; cat; pwd; umask; exit 3',
      "printf '%s\\n' \"a'b\" \\$x; ls -l /proc/self/fd | wc -l",
      'set -e; false; echo never',
      'kill -9 $$',
      'exec sh -c "exit 5"',
      'cat <<X\n$HOME\nX\n\n',
      'echo one; echo two >&2; f() { return 4; }; f',
    ]) {
      const [plain, concealed] = await both(shell, line, { umask: 0o27 });
      expect(withoutPid(concealed), line).toEqual(withoutPid(plain));
    }
  });

  it('is nowhere in the list of processes, as another user, merged, in the background', async () => {
    const line =
      'word=CANARY-shell-77; for f in /proc/[0-9]*/cmdline; do tr "\\0" " " < $f; echo; done 2>/dev/null; true';
    for (const options of [{}, { mergeStderr: true }, ...(isRoot ? [{ user: 'nobody' }] : [])]) {
      const [plain, concealed] = await both('/bin/sh', line, { ...options, workingDirectory: '/' });
      expect(plain.stdout.split('\n').filter((shown) => shown.includes('CANARY-shell-77')).length).toBeGreaterThan(0);
      expect(concealed.stdout).not.toContain('CANARY-shell-77');
      expect([concealed.exitCode, concealed.stdout.includes('eval "$(')]).toEqual([0, true]);
    }
    const file = join(folder, 'done');
    const behind = `mkfifo ${file}; { ${line.replace('; true', '')}; } > ${file}`;
    const { stdout } = await host.run({
      command: { shell: '/bin/sh', line: behind, isConcealed: true, inBackground: true },
    });
    expect(stdout).toMatch(/^\d+\n$/);
    const shown = await host.run({
      command: { shell: '/bin/sh', line: `until [ -p ${file} ]; do sleep 0.05; done; cat ${file}` },
    });
    expect([shown.stdout.includes('eval "$('), shown.stdout.includes('CANARY-shell-77')]).toEqual([true, false]);
  });

  it('may be long, and need not be read to its end', async () => {
    const long = `: '${'x'.repeat(1_000_000)}'; echo done`;
    expect(await host.run({ command: { shell: '/bin/sh', line: long, isConcealed: true } })).toMatchObject({
      exitCode: 0,
      stdout: 'done\n',
    });
    expect((await host.run({ command: { shell: '/bin/false', line: long, isConcealed: true } })).exitCode).toBe(1);
  });
});
