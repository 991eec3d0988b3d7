import { setOrDelete, type Dict, type Logger } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { changedKeys } from '@brine/daemon';
import { sharedKeys } from './shared-options.ts';

/** A part of a master that can take over another configuration while it works. */
export interface Reloadable {
  /** The keys it works by. Without any it takes part in every reload: it reads files that stand behind the configuration. */
  readonly keys?: readonly string[];
  /** Makes ready and throws what is wrong with the configuration; what it answers puts it into effect. */
  prepare(config: MasterConfig): Promise<Apply> | Apply;
}

type Apply = () => Promise<void> | void;

/** What a reload works with. */
export interface ReloadOptions {
  readonly config: MasterConfig;
  /** What the parts of the master share and read when they need it; a reload changes it in place. */
  readonly options: Dict;
  readonly parts: readonly Reloadable[];
  readonly logger: Logger;
  readonly toOptions: (config: MasterConfig) => Dict;
}

/** Keys that are looked up whenever they are needed, beside those of the parts. */
const looseKeys: readonly string[] = [
  ...['log_level', 'log_level_logfile', 'log_file', 'timeout', 'gather_job_timeout', 'ping_on_rotate', 'show_timeout'],
  'reactor',
  ...sharedKeys,
];

/** Keys that only worker processes read, which are started anew. */
const isOfWorkers = (key: string): boolean =>
  /^(?:ext_pillar|pillar_(?!cache|safe)|gpg|git_pillar|decrypt_pillar)/.test(key);

/**
 * Takes over what can change in a running master. All parts make ready before the first changes, so a mistake leaves
 * everything as it was.
 */
export function createReload({ config: first, options, parts, logger, toOptions }: ReloadOptions) {
  const live = new Set([...looseKeys, ...parts.flatMap(({ keys = [] }) => keys)]);
  const isLive = (key: string): boolean => live.has(key) || isOfWorkers(key);
  let config = first;
  return async (wanted: MasterConfig): Promise<void> => {
    const next = toOptions(wanted);
    const changed = changedKeys(options, next);
    const taken = changed.filter(isLive);
    const merged = withKeys(config, wanted, taken);
    const concerned = parts.filter(({ keys }) => keys === undefined || keys.some((key) => taken.includes(key)));
    const steps: Apply[] = [];
    for (const part of concerned) steps.push(await part.prepare(merged));
    config = merged;
    for (const key of taken) setOrDelete(options, key, next.get(key));
    for (const step of steps) await step();
    logger.info('configuration was read again', { changed: taken });
    const waiting = changed.filter((key) => !isLive(key));
    if (waiting.length > 0) logger.warn('changes of the configuration wait for a restart', { keys: waiting });
  };
}

function withKeys(config: MasterConfig, wanted: MasterConfig, keys: readonly string[]): MasterConfig {
  const taken = keys.map((key) => [key, Reflect.get(wanted, key) as unknown] as const);
  return { ...config, ...Object.fromEntries(taken) };
}
