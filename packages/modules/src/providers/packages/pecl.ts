import { AppError } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';

/** An extension that is installed. */
export interface PeclExtension {
  readonly version: string;
  /** `stable`, `beta`, … */
  readonly state: string;
}

/** The extensions that are installed, by their names. Throws `provider-missing` without pecl. */
export async function readPecl(host: ReadHost, channel?: string): Promise<ReadonlyMap<string, PeclExtension>> {
  const command = ['pecl', 'list', ...(channel === undefined ? [] : ['-c', channel])];
  const { exitCode, stdout } = await host.inspect({ command, timeout: 300_000 });
  if (exitCode === 127) throw new AppError({ code: 'provider-missing', message: 'pecl is not installed' });
  const rows = stdout.split('\n').flatMap((line) => {
    const [name = '', version, state, ...more] = line.trim().split(/\s+/);
    const isRow = version !== undefined && /^\d/.test(version) && state !== undefined && more.length === 0;
    return isRow ? [[name, { version, state }] as const] : [];
  });
  return new Map(rows);
}

/** Whether a name can be one of an extension, so that it is no option. */
export function isPeclName(name: string): boolean {
  return /^[\w.][\w.-]*(?:\/[\w.][\w.-]*)?$/.test(name);
}
