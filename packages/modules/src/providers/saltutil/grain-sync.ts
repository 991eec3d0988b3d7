import { posix } from 'node:path';
import { isDict, pythonStr, resolveInside, type Dict, type Logger, type Value } from '@brine/common';
import type { ModuleContext } from '../../kit/context.ts';
import type { Host, ReadHost } from '../../kit/host.ts';
import { syncedGrainFolder } from '../../grains/custom/collect-custom-grains.ts';

/** Whose modules of grains are wanted. */
export interface GrainSyncRequest {
  readonly saltenvs: readonly string[];
  /** Names, or lists of names by kind; the configured ones unless given. */
  readonly whitelist?: Value | undefined;
  readonly blacklist?: Value | undefined;
}

/** What a sync will do. */
export interface GrainSyncPlan {
  /** What is new or changed, as Salt names it: `grains.NAME`. */
  readonly synced: readonly string[];
  /** What the tree does not have any more, likewise. */
  readonly removed: readonly string[];
  perform(host: Host): Promise<void>;
}

type Surroundings = Pick<ModuleContext, 'fileServer' | 'options'> & {
  readonly host: ReadHost;
  readonly log: Pick<Logger, 'warn'>;
};

const runnable = /\.(?:py|mjs|js)$/;
const compiled = /\.(?:pyx|so|zip)$/;

/** Compares `_grains` of some environments with what is on this machine. Of one name the last environment counts. */
export async function planGrainSync(request: GrainSyncRequest, surroundings: Surroundings): Promise<GrainSyncPlan> {
  const { host, options } = surroundings;
  const folder = syncedGrainFolder(options);
  const wanted = await wantedModules(request, surroundings);
  const present = await filesBelow(host, folder);
  const copies: { readonly name: string; readonly from: string; readonly to: string }[] = [];
  for (const [relative, { path, sha256 }] of wanted) {
    const to = resolveInside(folder, relative);
    if (to === undefined) continue;
    const isSame = present.includes(relative) && (await host.files.hash(to, 'sha256')) === sha256;
    if (!isSame) copies.push({ name: moduleName(relative), from: path, to });
  }
  const cleans = options.get('clean_dynamic_modules') !== false;
  const obsolete = cleans ? present.filter((relative) => !wanted.has(relative)) : [];
  return {
    synced: copies.map(({ name }) => `grains.${name}`),
    removed: obsolete.filter((relative) => runnable.test(relative)).map((relative) => `grains.${moduleName(relative)}`),
    perform: async (machine) => {
      for (const { from, to } of copies) {
        await makeFolder(machine, posix.dirname(to));
        await machine.files.writeCopy(to, from, { mode: 0o600 });
      }
      for (const relative of obsolete) await machine.files.remove(posix.join(folder, relative));
      if (obsolete.length > 0) await removeEmpty(machine, folder);
      // Kept grains are those of the modules that were there before.
      const kept = posix.join(pythonStr(options.get('cachedir') ?? ''), 'grains.cache');
      if ((await machine.files.stat(kept)) !== undefined) await machine.files.remove(kept);
    },
  };
}

interface WantedModule {
  readonly path: string;
  readonly sha256: string;
}

async function wantedModules(
  request: GrainSyncRequest,
  { fileServer, options, log }: Surroundings,
): Promise<ReadonlyMap<string, WantedModule>> {
  const isChosen = readChoice(request, options as Dict);
  const wanted = new Map<string, WantedModule>();
  for (const saltenv of request.saltenvs) {
    for (const file of await fileServer.listFiles(saltenv, '_grains/')) {
      const relative = file.slice('_grains/'.length);
      if (compiled.test(relative)) log.warn('only modules of grains in .py, .mjs and .js are run', { saltenv, file });
      const isWanted = runnable.test(relative) && isChosen(moduleName(relative));
      const fetched = isWanted ? await fileServer.fetch(`salt://${file}`, saltenv) : undefined;
      if (fetched !== undefined) wanted.set(relative, fetched);
    }
  }
  return wanted;
}

function readChoice({ whitelist, blacklist }: GrainSyncRequest, options: Dict): (name: string) => boolean {
  const only = namesOf(whitelist ?? options.get('extmod_whitelist') ?? null);
  const without = namesOf(blacklist ?? options.get('extmod_blacklist') ?? null) ?? [];
  return (name) => only?.includes(name) !== false && !without.includes(name);
}

/** `undefined` when nothing is said of grains. */
function namesOf(setting: Value): readonly string[] | undefined {
  if (typeof setting === 'string') return setting.split(',');
  const names = isDict(setting) ? setting.get('grains') : undefined;
  if (typeof names === 'string') return [names];
  return Array.isArray(names) ? names.map(pythonStr) : undefined;
}

function moduleName(relative: string): string {
  return relative.slice(0, relative.length - posix.extname(relative).length).replaceAll('/', '.');
}

async function filesBelow(host: ReadHost, folder: string, prefix = ''): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of (await host.files.list(posix.join(folder, prefix))) ?? []) {
    const relative = prefix === '' ? entry : `${prefix}/${entry}`;
    const kind = (await host.files.stat(posix.join(folder, relative)))?.kind;
    if (kind === 'directory') found.push(...(await filesBelow(host, folder, relative)));
    else found.push(relative);
  }
  return found;
}

async function makeFolder(host: Host, folder: string): Promise<void> {
  if ((await host.files.stat(folder)) !== undefined) return;
  await host.files.makeDirectory(folder, { parents: true, mode: 0o700 });
}

async function removeEmpty(host: Host, folder: string): Promise<boolean> {
  const entries = (await host.files.list(folder)) ?? [];
  let left = entries.length;
  for (const entry of entries) {
    const path = posix.join(folder, entry);
    if ((await host.files.stat(path))?.kind !== 'directory') continue;
    if (!(await removeEmpty(host, path))) continue;
    await host.files.remove(path, { recursive: true });
    left -= 1;
  }
  return left === 0;
}
