import { AppError } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { readCrontab, writeCrontab, type Crontab } from './crontab.ts';

/** The text of an account's crontab, empty when it has none. Throws `provider-missing` where there is no cron. */
export async function rawCrontab(host: ReadHost, user: string): Promise<string> {
  if ((await host.which('crontab')) === undefined)
    throw new AppError({ code: 'provider-missing', message: 'crontab is not installed on this minion' });
  const { exitCode, stdout } = await host.inspect({ command: ['crontab', '-u', user, '-l'], timeout: 30_000 });
  return exitCode === 0 ? stdout : '';
}

/** An account's crontab. Throws `provider-missing` where there is no cron. */
export async function loadCrontab(host: ReadHost, user: string): Promise<Crontab> {
  return readCrontab(await rawCrontab(host, user));
}

/** Replaces an account's crontab; cron checks it before it takes it. */
export async function storeCrontab(machine: Host, user: string, crontab: Crontab): Promise<void> {
  await runTool(machine, ['crontab', '-u', user, '-'], { input: writeCrontab(crontab) });
}
