import type { Host, ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { isFile } from '../files/paths.ts';

/** The locale of the system, e.g. `en_US.UTF-8`; empty when none is set. */
export async function readSystemLocale(host: ReadHost): Promise<string> {
  const line = (await readLines(host, await localeFile(host))).find((one) => one.startsWith('LANG='));
  return line?.slice('LANG='.length).replace(/^"(.*)"$/, '$1') ?? '';
}

/** Sets the locale of the system; what else its file says stays. */
export async function writeSystemLocale(machine: Host, locale: string): Promise<void> {
  // It refuses a locale that was not made, which would leave every login with complaints.
  if ((await machine.which('update-locale')) !== undefined) {
    await runTool(machine, ['update-locale', `LANG=${locale}`]);
    return;
  }
  const file = await localeFile(machine);
  const lines = await readLines(machine, file);
  const index = lines.findIndex((line) => line.startsWith('LANG='));
  const line = `LANG=${locale}`;
  const all = index < 0 ? [...lines, line] : lines.with(index, line);
  await machine.files.write(file, Buffer.from(all.map((one) => `${one}\n`).join('')));
}

// Debian's file counts where it is; all others have come to agree on systemd's.
async function localeFile(host: ReadHost): Promise<string> {
  const isDebian = (await isFile(host, '/etc/default/locale')) || (await isFile(host, '/etc/debian_version'));
  return isDebian ? '/etc/default/locale' : '/etc/locale.conf';
}

async function readLines(host: ReadHost, path: string): Promise<readonly string[]> {
  const text = Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
