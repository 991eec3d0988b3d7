import { createFakeHost } from '@brine/testkit';
import { toValue, type Plain } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createLocalHost } from '../../host/local/local-host.ts';
import { callScratch } from '../../../test-support/scratch-context.ts';

const host = createLocalHost();

function call(name: string, cmd: Plain, keyword: Record<string, Plain> = {}, isDirect = true) {
  return callScratch(`cmd.${name}`, { host, positional: [cmd], keyword: { shell: '/bin/sh', ...keyword }, isDirect });
}

describe('cmd', () => {
  it('has a shell when called directly, and none from templates', async () => {
    expect((await call('run', 'echo a | cat; echo $((1+1))')).value).toBe('a\n2');
    expect((await call('run', 'echo a | cat', {}, false)).value).toBe('a | cat');
    expect((await call('run', 'echo a | cat', { python_shell: true }, false)).value).toBe('a');
    expect((await call('shell', 'echo a | cat', {}, false)).value).toBe('a');
  });

  it('joins standard error into the output, and tells the exit status', async () => {
    expect(await call('run', 'echo o; echo e >&2; exit 3')).toEqual({ value: 'o\ne', retcode: 3 });
    expect(await call('run', 'exit 3', { ignore_retcode: true })).toEqual({ value: '', retcode: 0 });
    expect(await call('run', 'exit 3', { success_retcodes: [3] })).toEqual({ value: '', retcode: 0 });
    expect((await call('retcode', 'exit 5')).value).toBe(5);
    expect((await call('retcode', 'kill -9 $$')).value).toBe(-9);
  });

  it('gives environment, input and folder', async () => {
    const { value } = await call('run', 'echo $A $B; pwd; cat', {
      env: [{ A: 1 }, { B: true }],
      cwd: '/',
      stdin: 'in',
    });
    expect(value).toBe('1 True\n/\nin');
  });

  it('stops a command that runs too long', async () => {
    const { value, retcode } = await call('run', 'sleep 30', { timeout: 0.1 });
    expect({ value, retcode }).toEqual({ value: 'sleep 30 : Timed out after 0.1 seconds', retcode: 1 });
  });

  it('says what is wrong with a command it cannot start', async () => {
    await expect(call('run', 'no-such-thing -x', { python_shell: false })).rejects.toThrow(
      'no-such-thing was not found',
    );
    await expect(call('run', 'true', { cwd: 'relative' })).rejects.toThrow(
      "Specified cwd 'relative' either not absolute",
    );
    await expect(call('run', 'true', { runas: 'ghost-user-zz' })).rejects.toThrow(
      "User 'ghost-user-zz' is not available",
    );
    await expect(call('run', "echo 'x", { python_shell: false })).rejects.toThrow('No closing quotation');
    await expect(call('run', 'echo boom; exit 9', { raise_err: true })).rejects.toThrow('boom');
  });

  it('runs only what the configuration permits people to run', async () => {
    const options = { cmd_blacklist_glob: ['rm *'], cmd_whitelist_glob: ['echo *', 'rm *'] };
    const attempt = (cmd: string) => callScratch('cmd.run', { host, options, positional: [cmd], isDirect: true });
    expect((await attempt('echo yes')).value).toBe('yes');
    await expect(attempt('rm x')).rejects.toThrow('The shell command "rm x" is not permitted');
    await expect(attempt('ls')).rejects.toThrow('is not permitted');
  });

  it('leaves no script behind, and says that one is missing', async () => {
    const fake = createFakeHost({ files: { '/tmp': { directory: true } }, programs: { sh: () => 'ran' } });
    const { value } = await callScratch('cmd.exec_code', { host: fake, positional: ['sh', 'echo x'] });
    expect(value).toBe('ran');
    expect(await fake.files.list('/tmp')).toEqual([]);
    const missing = await callScratch('cmd.script', { host: fake, positional: ['salt://none.sh'] });
    expect(missing.value).toEqual(toValue({ pid: 0, retcode: 1, stdout: '', stderr: '', cache_error: true }));
  });

  it('finds programs', async () => {
    expect((await callScratch('cmd.has_exec', { host, positional: ['sh'] })).value).toBe(true);
    expect((await callScratch('cmd.which', { host, positional: ['no-such-thing'] })).value).toBe(null);
  });
});
