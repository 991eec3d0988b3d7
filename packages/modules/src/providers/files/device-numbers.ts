import type { ReadHost } from '../../kit/index.ts';

/** Major and minor number of a device node. The ports for files have none; stat(1) writes them in hexadecimal. */
export async function deviceNumbers(
  host: ReadHost,
  path: string,
): Promise<{ readonly major: number; readonly minor: number }> {
  const { stdout } = await host.inspect({ command: ['stat', '--format=%t %T', '--', path], timeout: 60_000 });
  const [major = '', minor = ''] = stdout.trim().split(' ');
  return { major: Number.parseInt(major, 16), minor: Number.parseInt(minor, 16) };
}
