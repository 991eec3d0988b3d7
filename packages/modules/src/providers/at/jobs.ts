import { AppError } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';

/** A job that waits, as `at.atq` tells it. */
export interface AtJob {
  readonly job: number;
  readonly date: string;
  readonly time: string;
  readonly queue: string;
  readonly user: string;
  readonly tag: string;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The jobs that wait. Throws `provider-missing` without `at`, `state-failed` when it refuses. */
export async function readJobs(host: ReadHost): Promise<readonly AtJob[]> {
  const environment = { LC_ALL: 'C' };
  const result = await host.inspect({ command: ['atq'], environment, timeout: 60_000 });
  if (result.exitCode === 127) throw new AppError({ code: 'provider-missing', message: 'at is not installed' });
  if (result.exitCode !== 0) throw new AppError({ code: 'state-failed', message: result.stderr.trim() });
  const lines = result.stdout.split('\n').filter((line) => line !== '');
  return Promise.all(
    lines.map(async (line): Promise<AtJob> => {
      const [job = '', rest = ''] = line.split('\t');
      const [, month = '', day = '', time = '', year = '', queue = '', user = ''] = rest.trim().split(/\s+/);
      const script = await host.inspect({ command: ['at', '-c', job], environment, timeout: 60_000 });
      const tag = /^### SALT: (\w+)/m.exec(script.stdout)?.[1] ?? '';
      const date = `${year}-${String(months.indexOf(month) + 1).padStart(2, '0')}-${day.padStart(2, '0')}`;
      return { job: Number(job), date, time, queue, user, tag };
    }),
  );
}
