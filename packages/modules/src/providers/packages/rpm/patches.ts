import { AppError } from '@brine/common';
import type { Host, ReadHost } from '../../../kit/index.ts';
import { workWith } from '../package-work.ts';
import { readXmlElements } from './xml-elements.ts';

/** An advisory: whether all it brings is installed, and what that is (on zypper: what it is about). */
export interface Patch {
  readonly installed: boolean;
  readonly summary: string | readonly string[];
}

/** How advisories are found and installed. */
interface PatchTool {
  read(host: ReadHost): Promise<ReadonlyMap<string, Patch>>;
  install(machine: Host, ids: readonly string[], options: PatchOptions): Promise<void>;
}

/** What is asked of an installation of advisories. */
export interface PatchOptions {
  readonly downloadOnly: boolean;
  readonly signal?: AbortSignal;
}

/** What knows advisories; `undefined` where Salt knows of none. */
export function patchesOf({ name }: { readonly name: string }): PatchTool | undefined {
  if (name === 'dnf' || name === 'yum')
    return {
      read: (host) => readDnfPatches(host, name),
      install: (machine, ids, options) => updateTo(name, machine, { ids, options }),
    };
  return name === 'zypper' ? { read: readZypperPatches, install: installZypperPatches } : undefined;
}

/** Throws `state-failed` for the first advisory that nobody knows. */
export function checkAdvisories(known: ReadonlyMap<string, Patch>, ids: readonly string[]): void {
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined)
    throw new AppError({ code: 'state-failed', message: `Advisory id "${unknown}" not found` });
}

async function readDnfPatches(host: ReadHost, program: string): Promise<ReadonlyMap<string, Patch>> {
  const command = [program, '--quiet', 'updateinfo', 'list', 'all'];
  const { stdout } = await host.inspect({ command, timeout: 300_000, environment: { LC_ALL: 'C.UTF-8' } });
  const patches = new Map<string, { installed: boolean; summary: string[] }>();
  for (const line of stdout.split('\n')) {
    const [, mark = '', id, , name] = /^([i\s]) (\S+) +(\S+) +(\S+)/.exec(line) ?? [];
    if (id === undefined || name === undefined) continue;
    const known = patches.get(id) ?? { installed: true, summary: [] };
    patches.set(id, { installed: known.installed && mark === 'i', summary: [...known.summary, name] });
  }
  return patches;
}

async function updateTo(
  program: string,
  machine: Host,
  { ids, options }: { readonly ids: readonly string[]; readonly options: PatchOptions },
): Promise<void> {
  const flags = [
    ...(program === 'dnf' ? ['--best', '--allowerasing'] : []),
    ...(options.downloadOnly ? ['--downloadonly'] : []),
  ];
  const words = [program, '-q', '-y', ...flags, 'update', ...ids.map((id) => `--advisory=${id}`)];
  await workWith(machine, words, { signal: options.signal });
}

async function readZypperPatches(host: ReadHost): Promise<ReadonlyMap<string, Patch>> {
  const command = ['zypper', '--non-interactive', '--no-refresh', '--xmlout', 'search', '--type', 'patch'];
  const { stdout } = await host.inspect({ command, timeout: 300_000, environment: { LC_ALL: 'C.UTF-8' } });
  return new Map(
    readXmlElements(stdout, 'solvable').map((one) => [
      one.get('name') ?? '',
      { installed: one.get('status') === 'installed', summary: one.get('summary') ?? '' },
    ]),
  );
}

async function installZypperPatches(machine: Host, ids: readonly string[], options: PatchOptions): Promise<void> {
  const flags = ['--auto-agree-with-licenses', '--name', ...(options.downloadOnly ? ['--download-only'] : [])];
  const words = [
    'zypper',
    '--non-interactive',
    '--no-refresh',
    'install',
    ...flags,
    '--',
    ...ids.map((id) => `patch:${id}`),
  ];
  await workWith(machine, words, {
    signal: options.signal,
    environment: { ZYPP_LOCK_TIMEOUT: '300' },
    // The others say that all went well, and that a restart or the like is due.
    succeeds: (code) => code === 0 || (code >= 100 && code <= 107 && code !== 104 && code !== 105),
  });
}
