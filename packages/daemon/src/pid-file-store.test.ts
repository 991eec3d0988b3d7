import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimPidFile } from './pid-file-store.ts';

describe('the pid file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'brine-pid-'));
    file = join(folder, 'run', 'master.pid');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('names this process until it is released', async () => {
    const pidFile = await claimPidFile(file, 'salt-master');
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
    await pidFile.release();
    expect(existsSync(file)).toBe(false);
  });

  it('takes the place of a process that has ended, or is another program', async () => {
    for (const left of ['999999999', '1', 'not a number', '']) {
      await claimPidFile(file, 'salt-master').then(async (pidFile) => pidFile.release());
      writeFileSync(file, left);
      const pidFile = await claimPidFile(file, 'salt-master');
      expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
      await pidFile.release();
    }
  });

  it('is refused while the same program lives, and leaves its file alone', async () => {
    const other = spawn(process.execPath, ['-e', 'process.stdin.resume(); console.log("up")', 'salt-master'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => other.stdout.once('data', resolve));
    await claimPidFile(file, 'salt-master').then(async (pidFile) => pidFile.release());
    writeFileSync(file, `${other.pid}\n`);
    await expect(claimPidFile(file, 'salt-master')).rejects.toThrow(
      `salt-master runs already as process ${other.pid} (named in ${file})`,
    );
    expect(readFileSync(file, 'utf8')).toBe(`${other.pid}\n`);
    other.stdin.end();
    await new Promise((resolve) => other.once('exit', resolve));
  });
});
