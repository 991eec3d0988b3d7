import path from 'node:path';
import { compileGlob, compilePythonRegex, isDict, limitTime, pythonStr, type Dict, type Value } from '@brine/common';
import type { FileStat } from '../kit/host.ts';
import { mappingOf, payload, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

/** Masks that can be told from what the files look like before and after. */
const told: ReadonlySet<string> = new Set([
  ...['attrib', 'close_write', 'create', 'delete', 'delete_self', 'modify', 'moved_from', 'moved_to', 'move_self'],
]);
/** Settings of a watch that change nothing here. */
const idle: ReadonlySet<string> = new Set(['excl_unlink', 'ignored', 'oneshot', 'onlydir', 'unmount', 'dont_follow']);
/** Masks for reading, which leaves no trace. */
const untold: ReadonlySet<string> = new Set(['access', 'close_nowrite', 'open']);
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
    if (!told.has(item) && !idle.has(item)) return `Configuration for inotify beacon invalid mask option ${item}.`;
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

function createProbe(context: BeaconContext): ReturnType<BeaconDeclaration['create']> {
  let roots: readonly Root[] | undefined;
  const watches = new Map<string, { close(): void }>();
  let isTouched = false;
  const watch = (folder: string): void => {
    if (watches.has(folder) || watches.size >= mostWatched) return;
    try {
      watches.set(
        folder,
        context.watch(folder, () => (isTouched = true)),
      );
    } catch (error) {
      context.log.debug('a folder of the inotify beacon cannot be watched', { folder, error });
    }
  };
  const rewatch = (): void => {
    for (const { path: root, seen } of roots ?? []) {
      watch(path.dirname(root));
      for (const [place, stat] of seen) if (stat.kind === 'directory') watch(place);
    }
  };
  const close = (): void => {
    for (const one of watches.values()) one.close();
    watches.clear();
    roots = undefined;
  };
  return {
    close,
    async look(config) {
      if (roots === undefined) {
        roots = await Promise.all(
          [...mappingOf(config, 'files')].map(async ([key, settings]) =>
            openRoot(context, pythonStr(key), settings as Dict),
          ),
        );
        rewatch();
        return [];
      }
      if (!isTouched) return [];
      isTouched = false;
      const events: Dict[] = [];
      for (const root of roots) events.push(...(await compareRoot(context, root)));
      // Folders that went are not watched any more, also when others of the same name came.
      for (const event of events) if (pythonStr(event.get('change') ?? '').includes('DELETE')) drop(watches, event);
      rewatch();
      return events;
    },
  };
}

function drop(watches: Map<string, { close(): void }>, event: Dict): void {
  const place = pythonStr(event.get('path') ?? '');
  watches.get(place)?.close();
  watches.delete(place);
}

async function openRoot(context: BeaconContext, place: string, settings: Dict): Promise<Root> {
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
  { host }: BeaconContext,
  root: Root,
  goesInto: (folder: string) => boolean,
): Promise<Map<string, FileStat>> {
  const found = new Map<string, FileStat>();
  const visit = async (place: string): Promise<void> => {
    if (found.size >= mostWatched) return;
    const stat = await host.files.stat(place, { follow: place === root.path }).catch(() => undefined);
    if (stat === undefined) return;
    found.set(place, stat);
    if (stat.kind !== 'directory' || (place !== root.path && !goesInto(place))) return;
    for (const name of (await host.files.list(place).catch(() => undefined)) ?? []) await visit(path.join(place, name));
  };
  await visit(root.path);
  return found;
}

async function compareRoot(context: BeaconContext, root: Root): Promise<readonly Dict[]> {
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
  return limitTime(matchLimit, () => events.filter((event) => !root.isExcluded(pythonStr(event.get('path') ?? ''))));
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
