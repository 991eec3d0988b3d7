import { spawn } from 'node:child_process';

/** How a program ended. `status` is `undefined` when it could not be started or took too long. */
export interface QuietResult {
  readonly status: number | undefined;
  readonly stdout: string;
}

/** Milliseconds a program may take; PAM waits some seconds after a wrong password. */
const limit = 30_000;

/**
 * Runs a program with arguments and an input, without a shell and with a bare environment. What is secret goes in by the
 * input, so that no list of processes shows it.
 */
export async function runQuietly(file: string, args: readonly string[], input = ''): Promise<QuietResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      timeout: limit,
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < 1_000_000) stdout += text;
    });
    // It may end without reading what it is given.
    child.stdin.on('error', () => {});
    child.once('error', () => resolve({ status: undefined, stdout: '' }));
    child.once('close', (status) => resolve({ status: status ?? undefined, stdout }));
    child.stdin.end(input);
  });
}
