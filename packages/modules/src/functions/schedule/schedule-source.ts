import path from 'node:path';
import { dumpYaml, isDict, loadYaml, pythonStr, type Dict, type Value } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';

/** How the functions of `schedule` reach the schedule: through the daemon, or the file that it saves. */
export interface ScheduleSource {
  /** All jobs and settings, as they stand. */
  list(where?: string): Promise<Dict>;
  saved(): Promise<Dict>;
  /** Has the daemon do something and answers what it says; without one changes the saved schedule. */
  ask(request: Readonly<Record<string, Value>>): Promise<Value>;
  /** Whether there is no daemon to ask, or it is not to be asked (`offline=True`). */
  readonly isOffline: boolean;
  replaceSaved(schedule: Dict): Promise<void>;
}

/** The schedule of this minion. */
export function scheduleSource(context: FunctionContext, offline = false): ScheduleSource {
  const { companions } = context;
  const saved = (): Promise<Dict> => readSaved(context);
  const replaceSaved = (schedule: Dict): Promise<void> => writeSaved(context, schedule);
  if (companions === undefined || offline) {
    return { isOffline: true, list: saved, saved, replaceSaved, ask: async () => null };
  }
  const ask = (request: Readonly<Record<string, Value>>): Promise<Value> =>
    companions.ask('schedule', new Map<Value, Value>(Object.entries(request)));
  return {
    isOffline: false,
    list: async (where) => requireDict(await ask({ func: 'list', where: where ?? null })),
    saved,
    ask,
    replaceSaved,
  };
}

/** Where the daemon saves the schedule. */
export function scheduleFolder({ options }: FunctionContext): string {
  const file = pythonStr(options.get('conf_file') ?? '/etc/salt/minion');
  return path.resolve(path.dirname(file), path.dirname(pythonStr(options.get('default_include') ?? 'minion.d/*.conf')));
}

async function readSaved(context: FunctionContext): Promise<Dict> {
  const file = path.join(scheduleFolder(context), '_schedule.conf');
  const bytes = await context.host.files.read(file);
  if (bytes === undefined) return new Map();
  const { value } = loadYaml(new TextDecoder().decode(bytes), { file });
  return requireDict(isDict(value) ? (value.get('schedule') ?? null) : null);
}

async function writeSaved(context: FunctionContext, schedule: Dict): Promise<void> {
  const folder = scheduleFolder(context);
  const text = dumpYaml(new Map([['schedule', schedule]]));
  const { files } = context.host;
  if ((await files.stat(folder)) === undefined) await files.makeDirectory(folder, { parents: true });
  await files.write(path.join(folder, '_schedule.conf'), new TextEncoder().encode(text), { mode: 0o600 });
}

function requireDict(value: Value): Dict {
  return isDict(value) ? value : new Map();
}

const shownKeys = new Set([
  ...['name', 'maxrunning', 'function', 'splay', 'range', 'when', 'once', 'once_fmt', 'returner', 'jid_include'],
  ...['args', 'kwargs', 'seconds', 'minutes', 'hours', 'days', 'enabled', 'return_job', 'metadata', 'cron', 'until'],
  ...['after', 'return_config', 'return_kwargs', 'run_on_start', 'skip_during_range', 'run_after_skip_range'],
]);

const settingKeys: ReadonlySet<Value> = new Set(['enabled', 'skip_function', 'skip_during_range', 'splay']);

/** Jobs as `schedule.list` shows them: without what is internal, and with `enabled`. */
export function shownJobs(
  schedule: Dict,
  { showAll, showDisabled }: { showAll: boolean; showDisabled: boolean },
): Dict {
  const shown: Dict = new Map();
  for (const [name, job] of schedule) {
    if (settingKeys.has(name) || !isDict(job)) {
      shown.set(name, job);
      continue;
    }
    if (pythonStr(name).startsWith('__') && !showAll) continue;
    const item: Dict = new Map([...job].filter(([key, value]) => shownKeys.has(pythonStr(key)) && value !== null));
    for (const [key, value] of item) if (value === 'true' || value === 'false') item.set(key, value === 'true');
    if (!item.has('enabled')) item.set('enabled', true);
    if (showDisabled || item.get('enabled') !== false) shown.set(name, item);
  }
  return shown;
}

/** All jobs, internal and disabled ones too, as the other functions look at them. */
export async function allJobs(source: ScheduleSource, where?: 'opts' | 'pillar'): Promise<Dict> {
  return shownJobs(await source.list(where), { showAll: true, showDisabled: true });
}
