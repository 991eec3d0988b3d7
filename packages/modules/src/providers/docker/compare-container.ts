import { isDeepStrictEqual } from 'node:util';
import type { Plain } from '@brine/common';
import { containerSettings, type ContainerSetting, type ContainerSpec } from './container-settings.ts';
import { memberAt } from './docker-api.ts';

/** What is not as specified: section → key → old and new. */
export type ContainerChanges = Readonly<Record<string, Readonly<Record<string, { old: Plain; new: Plain }>>>>;

/**
 * Compares a container with what it is specified to be. What is not specified is compared with what its image has, so
 * that a setting taken out of an SLS file goes from the container too.
 */
export function compareContainer(container: unknown, image: unknown, spec: ContainerSpec): ContainerChanges {
  const changes: Record<string, Record<string, { old: Plain; new: Plain }>> = {};
  const add = (section: string, key: string, [was, wanted]: readonly [unknown, unknown]): void => {
    if (isDeepStrictEqual(was, wanted)) return;
    (changes[section] ??= {})[key] = { old: was as Plain, new: wanted as Plain };
  };
  for (const setting of containerSettings) {
    const { section, key, onlyGiven } = setting;
    const given = spec[section][key];
    if (given === undefined && onlyGiven === true) continue;
    add(section, key, [
      normalize(setting, memberAt(container, section, key)),
      normalize(setting, wantedOf(setting, image, spec)),
    ]);
  }
  const log = spec.HostConfig['LogConfig'];
  const current = memberAt(container, 'HostConfig', 'LogConfig');
  if (log !== undefined) {
    const type = memberAt(log, 'Type');
    add('HostConfig', 'LogConfig', [
      { Type: memberAt(current, 'Type'), Config: memberAt(current, 'Config') ?? {} },
      { Type: type === '' ? memberAt(current, 'Type') : type, Config: memberAt(log, 'Config') ?? {} },
    ]);
  } else if (Object.keys((memberAt(current, 'Config') ?? {}) as object).length > 0)
    add('HostConfig', 'LogConfig', [current, { Type: memberAt(current, 'Type'), Config: {} }]);
  return changes;
}

function wantedOf({ section, key }: ContainerSetting, image: unknown, spec: ContainerSpec): unknown {
  const given = spec[section][key];
  if (section === 'HostConfig') return given;
  const fromImage = memberAt(image, 'Config', key);
  if (key === 'Env') return mergeEnvironment(fromImage, given);
  if (key === 'Labels' || key === 'ExposedPorts' || key === 'Volumes')
    return { ...(fromImage as object | null | undefined), ...(given as object | undefined) };
  // A new entry point leaves the image's command behind.
  if (key === 'Cmd' && given === undefined && spec.Config['Entrypoint'] !== undefined) return undefined;
  return given ?? fromImage;
}

function mergeEnvironment(image: unknown, given: unknown): readonly string[] {
  const toEntries = (list: unknown): [string, string][] =>
    ((list ?? []) as readonly string[]).map((line) => [line.split('=')[0] ?? '', line]);
  return [...new Map([...toEntries(image), ...toEntries(given)]).values()];
}

const ordered = new Set(['Cmd', 'Entrypoint']);

// The daemon writes what is not set as null, zero, an empty text, list or dict, and some defaults as such.
function normalize({ key }: ContainerSetting, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return isUnset(value) ? null : value;
  if (Object.keys(value).length === 0) return null;
  if (Array.isArray(value)) return ordered.has(key) ? value : value.toSorted(compareJson);
  if (key === 'RestartPolicy') return normalizeRestart(value);
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => compareJson(a, b)));
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === '' || value === 0 || value === false || value === -1;
}

function compareJson(left: unknown, right: unknown): number {
  const [a, b] = [JSON.stringify(left), JSON.stringify(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function normalizeRestart(policy: object): unknown {
  const name = memberAt(policy, 'Name');
  if (name === '' || name === 'no' || name === undefined) return null;
  return { Name: name, MaximumRetryCount: memberAt(policy, 'MaximumRetryCount') ?? 0 };
}
