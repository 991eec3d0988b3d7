import path from 'node:path';
import { compileGlob, compilePythonRegex, isDict, limitTime, pythonStr, type Dict, type Value } from '@brine/common';
import type { FileStat } from '../kit/host.ts';
import { mappingOf, payload, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

/** Masks that can be told from what the files look like before and after. */
const told: ReadonlySet<string> = new Set([
  ...['attrib', 'close_write', 'create', 'delete', 'delete_self', 'modify', 'moved_from', 'moved_to', 'move_self'],
]);
/** How to watch. With `excl_unlink` files that are gone tell nothing more, which is always so here. */
const ways: ReadonlySet<string> = new Set(['excl_unlink', 'oneshot', 'onlydir']);
/** Masks for reading, which leaves no trace, and for what the kernel tells of its own watches. */
const untold: ReadonlySet<string> = new Set(['access', 'close_nowrite', 'open', 'ignored', 'unmount']);
const standardMask = ['create', 'delete', 'modify'];
const mostWatched = 8192;
const matchLimit = 1000;

/** `inotify` */
export const inotify: BeaconDeclaration = {
  name: 'inotify',
  summary: 'Tells of changes to files and folders; `path` is what changed and `change` how (`IN_MODIFY`).',
  example: `inotify:
  - files:
      /etc/important_file:
        mask: [modify]
      /opt:
        mask: [create, delete, close_write]
        recurse: True
        auto_add: True
        exclude:
          - /opt/cache
          - /opt/.*\\.swp$:
              regex: True
  - disable_during_state_run: True`,
  validate(config) {
    if (!config.has('files')) return 'Configuration for inotify beacon must include files.';
    const files = config.get('files') ?? null;
    if (!isDict(files)) return 'Configuration for inotify beacon invalid, files must be a dict.';
    for (const settings of files.values()) {
      if (!isDict(settings)) return 'Configuration for inotify beacon must be a list of dictionaries.';
      const fault = faultOf(settings);
      if (fault !== undefined) return fault;
    }
    if (config.has('coalesce') && typeof config.get('coalesce') !== 'boolean')
      return 'Configuration for inotify beacon coalesce must be boolean.';
    return undefined;
  },
  create: (context) => createProbe(context),
};

function faultOf(settings: Dict): string | undefined {
  const keys = [...settings.keys()].map(pythonStr);
  const known = ['mask', 'recurse', 'auto_add', 'exclude'];
  if (keys.length > 0 && !keys.some((key) => known.includes(key)))
    return 'Configuration for inotify beacon must contain mask, recurse or auto_add items.';
  const wrong = ['auto_add', 'recurse'].find((key) => settings.has(key) && typeof settings.get(key) !== 'boolean');
  if (wrong !== undefined) return `Configuration for inotify beacon ${wrong} must be boolean.`;
  return settings.has('mask') ? maskFault(settings.get('mask') ?? null) : undefined;
}

function maskFault(mask: Value): string | undefined {
  if (!Array.isArray(mask)) return 'Configuration for inotify beacon mask must be list.';
  for (const item of mask.map(pythonStr)) {
    if (untold.has(item)) return `Configuration for inotify beacon mask option ${item} is not available here.`;
    if (!told.has(item) && !ways.has(item)) return `Configuration for inotify beacon invalid mask option ${item}.`;
  }
  return undefined;
}

/** A path of the configuration. */
interface Root {
  readonly path: string;
  readonly mask: ReadonlySet<string>;
  readonly recurse: boolean;
  readonly autoAdd: boolean;
  readonly isExcluded: (path: string) => boolean;
  /** What there is at and below the path. */
  seen: Map<string, FileStat>;
}

/** The folders that are watched. */
interface Watches {
  /** Watches these folders, by their inodes, and no others. */
  follow(folders: ReadonlyMap<string, number>): void;
  /** Whether a folder could not be watched, so that only looking tells of it. */
  isBlind(): boolean;
  close(): void;
}

function createWatches({ watch, log, full }: Eyes, onEvent: () => void): Watches {
  const watches = new Map<string, { readonly inode: number; readonly watcher: { close(): void } }>();
  // Those that tell of themselves: the folder may be another one by now, even under the same number.
  const doubtful = new Set<string>();
  let isBlind = false;
  const begin = (folder: string, inode: number): void => {
    try {
      const watcher = watch(folder, (name) => {
        if (name === undefined || name === path.basename(folder)) doubtful.add(folder);
        onEvent();
      });
      watches.set(folder, { inode, watcher });
      // Something may have happened since it was looked at.
      onEvent();
    } catch (error) {
      isBlind = true;
      log.debug('a folder of the inotify beacon cannot be watched', { folder, error });
    }
  };
  return {
    follow: (folders) => {
      isBlind = false;
      for (const [folder, { inode, watcher }] of watches) {
        if (folders.get(folder) === inode && !doubtful.has(folder)) continue;
        watcher.close();
        watches.delete(folder);
      }
      doubtful.clear();
      for (const [folder, inode] of folders) {
        if (watches.has(folder)) continue;
        if (watches.size >= mostWatched) full(folder);
        else begin(folder, inode);
      }
    },
    isBlind: () => isBlind,
    close: () => {
      for (const { watcher } of watches.values()) watcher.close();
      watches.clear();
    },
  };
}

function createEyes(context: BeaconContext): Eyes {
  let hasWarned = false;
  const full = (place: string): void => {
    if (!hasWarned) context.log.warn('the inotify beacon does not watch all there is', { limit: mostWatched, place });
    hasWarned = true;
  };
  return { ...context, full };
}

function createProbe(context: BeaconContext): ReturnType<BeaconDeclaration['create']> {
  const eyes = createEyes(context);
  let roots: readonly Root[] | undefined;
  let isTouched = false;
  const watches = createWatches(eyes, () => (isTouched = true));
  let hasNoParent = false;
  const rewatch = async (): Promise<void> => {
    const folders = new Map<string, number>();
    hasNoParent = false;
    for (const { path: root, seen } of roots ?? []) {
      for (const [place, stat] of seen) if (stat.kind === 'directory') folders.set(place, stat.inode);
      const above = path.dirname(root);
      const stat = folders.has(above) ? undefined : await context.host.files.stat(above).catch(() => undefined);
      if (stat?.kind === 'directory') folders.set(above, stat.inode);
      else hasNoParent ||= !folders.has(above);
    }
    watches.follow(folders);
  };
  const close = (): void => {
    watches.close();
    roots = undefined;
  };
  return {
    close,
    async look(config) {
      if (roots === undefined) {
        roots = await Promise.all(
          [...mappingOf(config, 'files')].map(async ([key, settings]) =>
            openRoot(eyes, pythonStr(key), settings as Dict),
          ),
        );
        await rewatch();
        return [];
      }
      if (!isTouched && !watches.isBlind() && !hasNoParent) return [];
      isTouched = false;
      const events: Dict[] = [];
      for (const root of roots) events.push(...(await compareRoot(eyes, root)));
      await rewatch();
      return coalesced(events);
    },
  };
}

/** Every event once, also when paths of the configuration overlap. */
function coalesced(events: readonly Dict[]): readonly Dict[] {
  return [...new Map(events.map((event) => [[...event.values()].map(pythonStr).join('\0'), event])).values()];
}

interface Eyes extends BeaconContext {
  /** There is more than is watched, from a path on. */
  readonly full: (place: string) => void;
}

async function openRoot(context: Eyes, place: string, settings: Dict): Promise<Root> {
  const mask = settings.get('mask');
  const root: Root = {
    path: place.length > 1 ? place.replace(/\/+$/, '') : place,
    mask: new Set(Array.isArray(mask) ? mask.map(pythonStr) : standardMask),
    recurse: settings.get('recurse') === true,
    autoAdd: settings.get('auto_add') === true,
    isExcluded: exclusion(settings),
    seen: new Map(),
  };
  root.seen = await survey(context, root, () => root.recurse);
  return root;
}

function exclusion(settings: Dict): (path: string) => boolean {
  const given = settings.get('exclude');
  const tests = (Array.isArray(given) ? given : []).map((item) => {
    const [pattern, how] = isDict(item) ? ([...item][0] ?? ['', null]) : [item, null];
    const text = pythonStr(pattern);
    if (isDict(how) && how.get('regex') === true) {
      const regex = compilePythonRegex(text);
      return (place: string) => regex.test(place);
    }
    return text.includes('*') ? compileGlob(text) : (place: string) => place.startsWith(text);
  });
  return (place) => tests.some((test) => test(place));
}

/** What there is at a path, in it, and below it as far as `goesInto` lets. */
async function survey(
  { host, full }: Eyes,
  root: Root,
  goesInto: (folder: string) => boolean,
): Promise<Map<string, FileStat>> {
  const found = new Map<string, FileStat>();
  const visit = async (place: string): Promise<void> => {
    if (found.size >= mostWatched) {
      full(place);
      return;
    }
    const stat = await host.files.stat(place, { follow: place === root.path }).catch(() => undefined);
    if (stat === undefined) return;
    if (place === root.path && stat.kind !== 'directory' && root.mask.has('onlydir')) return;
    found.set(place, stat);
    if (stat.kind !== 'directory' || (place !== root.path && !goesInto(place))) return;
    for (const name of (await host.files.list(place).catch(() => undefined)) ?? []) await visit(path.join(place, name));
  };
  await visit(root.path);
  return found;
}

async function compareRoot(context: Eyes, root: Root): Promise<readonly Dict[]> {
  const before = root.seen;
  // A new folder is gone into only with `auto_add`.
  const now = await survey(context, root, (folder) => root.recurse && (root.autoAdd || before.has(folder)));
  root.seen = now;
  const events: Dict[] = [];
  compareTrees(root.path, { before, now }, (mask, place, stat) => {
    if (!root.mask.has(mask)) return;
    const change = `IN_${mask.toUpperCase()}${stat.kind === 'directory' ? '|IN_ISDIR' : ''}`;
    const folder = place === root.path ? place : path.dirname(place);
    events.push(payload(['tag', folder], ['path', place], ['change', change]));
  });
  if (events.length === 0) return events;
  const wanted = limitTime(matchLimit, () =>
    events.filter((event) => !root.isExcluded(pythonStr(event.get('path') ?? ''))),
  );
  return root.mask.has('oneshot') ? firstOfFolders(wanted) : wanted;
}

/** A watch with `oneshot` tells one event; the next look watches anew. */
function firstOfFolders(events: readonly Dict[]): readonly Dict[] {
  const folders = new Set<Value | undefined>();
  return events.filter((event) => {
    const isFirst = !folders.has(event.get('tag'));
    folders.add(event.get('tag'));
    return isFirst;
  });
}

interface Trees {
  readonly before: ReadonlyMap<string, FileStat>;
  readonly now: ReadonlyMap<string, FileStat>;
}

function compareTrees(root: string, { before, now }: Trees, tell: Tell): void {
  const gone = new Map([...before].filter(([place]) => !now.has(place)).map(([place, { inode }]) => [inode, place]));
  const moved = new Set<string>();
  for (const [place, stat] of now) {
    const old = before.get(place);
    if (old !== undefined) {
      // Another file was put in its place, as editors do.
      if (old.inode !== stat.inode) tell('moved_to', place, stat);
      tellChange(tell, place, { old, stat });
      continue;
    }
    const origin = gone.get(stat.inode);
    if (origin === undefined) tellNew(tell, place, stat);
    else {
      moved.add(origin);
      tell('moved_to', place, stat);
    }
  }
  for (const [place, stat] of before) {
    if (now.has(place)) continue;
    const [self, inside] = moved.has(place) ? ['move_self', 'moved_from'] : ['delete_self', 'delete'];
    tell(place === root ? self : inside, place, stat);
  }
}

type Tell = (mask: string, place: string, stat: FileStat) => void;

function tellNew(tell: Tell, place: string, stat: FileStat): void {
  tell('create', place, stat);
  if (stat.kind !== 'file') return;
  if (stat.size > 0) tell('modify', place, stat);
  tell('close_write', place, stat);
}

function tellChange(
  tell: Tell,
  place: string,
  { old, stat }: { readonly old: FileStat; readonly stat: FileStat },
): void {
  if (stat.kind === 'file' && (stat.modifiedAt !== old.modifiedAt || stat.size !== old.size)) {
    tell('modify', place, stat);
    tell('close_write', place, stat);
  }
  if (stat.mode !== old.mode || stat.uid !== old.uid || stat.gid !== old.gid) tell('attrib', place, stat);
}
