import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalHost } from './local-host.ts';

const host = createLocalHost();
const isRoot = process.getuid?.() === 0;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brine-host-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('files of the local host', () => {
  it('replaces a file whole and keeps its mode', async () => {
    const path = join(folder, 'file');
    await host.files.write(path, Buffer.from('one\n'), { mode: 0o640 });
    await host.files.write(path, Buffer.from('two\n'));
    expect(await readFile(path, 'utf8')).toBe('two\n');
    expect((await stat(path)).mode & 0o7777).toBe(0o640);
    expect(await host.files.list(folder)).toEqual(['file']);
  });

  it('gives undefined for what does not exist and says what failed otherwise', async () => {
    expect(await host.files.stat(join(folder, 'none'))).toBeUndefined();
    expect(await host.files.read(join(folder, 'none'))).toBeUndefined();
    await expect(host.files.write(join(folder, 'no/file'), Buffer.from(''))).rejects.toMatchObject({
      code: 'host-file',
      message: `cannot write ${join(folder, 'no/file')}: no such file or directory`,
    });
  });

  it('waits for no writer of a pipe and reads no device to its end', async () => {
    const pipe = join(folder, 'pipe');
    await host.files.makeNode(pipe, 'fifo', { major: 0, minor: 0 });
    const refused = `cannot read ${pipe}: it is a named pipe`;
    await expect(host.files.read(pipe)).rejects.toThrow(refused);
    await expect(host.files.read(pipe, { limit: 1 })).rejects.toThrow(refused);
    await expect(host.files.hash(pipe, 'sha256')).rejects.toThrow(refused);
    await expect(host.files.read('/dev/zero')).rejects.toThrow('cannot read /dev/zero: it is a device');
    expect(await host.files.read('/dev/null')).toEqual(Buffer.from(''));
  });

  it('replaces a link rather than writing through it', async () => {
    await host.files.write(join(folder, 'real'), Buffer.from('real\n'));
    await host.files.makeSymlink(join(folder, 'link'), 'real');
    await host.files.write(join(folder, 'link'), Buffer.from('own\n'));
    expect(await readFile(join(folder, 'real'), 'utf8')).toBe('real\n');
    expect((await host.files.stat(join(folder, 'link')))?.kind).toBe('file');
  });

  it('makes parents with the mode given', async () => {
    await host.files.makeDirectory(join(folder, 'a/b'), { parents: true, mode: 0o750 });
    expect((await stat(join(folder, 'a'))).mode & 0o7777).toBe(0o750);
  });
});

describe('programs of the local host', () => {
  it('hands arguments over untouched, without a shell', async () => {
    const result = await host.run({ command: ['printf', '%s|', '$HOME', 'a b', ';ls'] });
    expect(result).toMatchObject({ exitCode: 0, stdout: '$HOME|a b|;ls|', stderr: '', timedOut: false });
  });

  it('ends the whole process group when time is over', async () => {
    const line = `sleep 30 & sleep 30; echo late > ${join(folder, 'late')}`;
    const result = await host.run({ command: { line, shell: '/bin/sh' }, timeout: 200 });
    expect(result).toMatchObject({ exitCode: 124, timedOut: true });
    expect(await host.files.stat(join(folder, 'late'))).toBeUndefined();
  });

  it('ends a program when it is cancelled', async () => {
    const result = await host.run({ command: ['sleep', '30'], signal: AbortSignal.timeout(100) });
    expect(result.exitCode).toBe(143);
  });

  it('keeps head and tail of a long output', async () => {
    const { stdout } = await host.run({ command: ['seq', '1', '10000'], outputLimit: 100 });
    expect(stdout.startsWith('1\n2\n3\n')).toBe(true);
    expect(stdout.endsWith('9999\n10000\n')).toBe(true);
    expect(stdout).toContain('bytes left out');
  });

  it('says what is wrong with words that no command line can carry', async () => {
    await expect(host.run({ command: ['echo', 'a\0b'] })).rejects.toMatchObject({ code: 'host-command' });
  });

  it('gives a program as much time as it is told, also more than Node has in a timer', async () => {
    const command = { line: 'sleep 0.1; echo done', shell: '/bin/sh' };
    expect(await host.run({ command, timeout: 2 ** 31 })).toMatchObject({ stdout: 'done\n', timedOut: false });
  });

  it('answers 127 for a program that does not exist', async () => {
    expect(await host.run({ command: ['brine-no-such-program'] })).toMatchObject({ exitCode: 127 });
  });

  it('sets umask, input and environment, and merges error output', async () => {
    const line = 'umask; cat; echo "$GREETING"; echo oops >&2';
    const result = await host.run({
      command: { line, shell: '/bin/sh' },
      umask: 0o027,
      input: 'in\n',
      environment: { GREETING: 'hello' },
      mergeStderr: true,
    });
    expect(result.stdout).toBe('0027\nin\nhello\noops\n');
  });

  it('reads no ~/.bashrc, whatever is on the input', async () => {
    await writeFile(join(folder, '.bashrc'), 'echo sourced\n');
    const environment = { HOME: folder, SHLVL: null };
    const command = { line: 'cat', shell: '/bin/bash' };
    expect(await host.run({ command, environment })).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await host.run({ command, environment, input: 'in' })).toMatchObject({ exitCode: 0, stdout: 'in' });
  });

  it('gives a terminal to who needs one, and keeps error output and status apart', async () => {
    const line = 'test -t 0 && test -t 1 && ! test -t 2 && stty size; echo "it\'s" ; echo oops >&2; exit 3';
    const command = { line, shell: '/bin/bash' };
    const result = await host.run({ command, hasTerminal: true });
    expect(result).toMatchObject({ exitCode: 3, stdout: "24 80\nit's\n", stderr: 'oops\n' });
    const words = ['/bin/sh', '-c', 'echo "$SHELL$BRINE_SHELL"'];
    const own = { command: words, hasTerminal: true, environment: { SHELL: '/bin/bash' } };
    expect(await host.run(own)).toMatchObject({ exitCode: 0, stdout: '/bin/bash\n', stderr: '' });
  });

  it('reads output in the encoding that is named', async () => {
    const command = ['printf', String.raw`\351t\351`];
    expect(await host.run({ command, outputEncoding: 'windows-1252' })).toMatchObject({ stdout: 'été' });
  });

  it.skipIf(!isRoot)('runs as another account with its groups', async () => {
    const { stdout } = await host.run({ command: ['id', '-un'], user: 'nobody' });
    expect(stdout).toBe('nobody\n');
  });

  it('refuses an account that does not exist', async () => {
    await expect(host.run({ command: ['id'], user: 'brine-nobody' })).rejects.toMatchObject({ code: 'host-account' });
  });
});
