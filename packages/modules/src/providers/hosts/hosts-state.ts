import type { Changes, CheckOutcome } from '@brine/common';
import { isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { readHosts, writeHosts, type HostsLine } from './hosts-text.ts';

/** Where a machine's hosts file is: the configuration's `hosts.file`, else `/etc/hosts`. */
export function hostsFile({ options }: StateContext): string {
  const configured = options.get('hosts.file');
  return typeof configured === 'string' ? configured : '/etc/hosts';
}

/** The lines of a hosts file; none when it is missing. */
export async function readHostsFile(host: ReadHost, path: string): Promise<readonly HostsLine[]> {
  const bytes = await host.files.read(path);
  return bytes === undefined ? [] : readHosts(Buffer.from(bytes).toString('utf8'));
}

/** The outcome of a change to a hosts file, told in lines that are known before and after. */
export function hostsOutcome(change: {
  readonly path: string;
  readonly lines: readonly HostsLine[];
  /** What is told when nothing changes. */
  readonly settled: readonly string[];
  readonly pending: readonly string[];
  readonly done: readonly string[];
  readonly changes: Changes;
  /** Whether lines with the same names are left as they are written. */
  readonly keepsOthers?: boolean;
  readonly warnings?: readonly string[];
}): CheckOutcome<Host> {
  const { path, lines, settled, pending, done, changes, keepsOthers = false, warnings = [] } = change;
  const extra = warnings.length === 0 ? {} : { extra: { warnings: [...warnings] } };
  if (Object.keys(changes).length === 0) return { ...isOk(settled.join('\n')), ...extra };
  return willChange({ comment: pending.join('\n'), changes, ...extra }, (machine) =>
    attempt('', async () => {
      const target = (await machine.files.realPath(path)) ?? path;
      await machine.files.write(target, Buffer.from(writeHosts(lines, keepsOthers)));
      return { comment: done.join('\n'), changes, ...extra };
    }),
  );
}

/** Adds a line to all of some comments. */
export function tellAll(comments: readonly string[][], line: string): void {
  for (const comment of comments) comment.push(line);
}
