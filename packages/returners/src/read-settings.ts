import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { returnerError } from './errors.ts';
import type { Returner, ReturnerSettings } from './returner.ts';

/** Which of several sets of settings, and settings given with the call. */
export interface SettingsWish {
  /** `--return_config`: keys with this name before the usual ones go first. */
  readonly config?: string;
  /** `--return_kwargs` */
  readonly kwargs?: Dict;
}

/** Reads the settings of a returner as Salt does: `PREFIX: {KEY: …}` before `PREFIX.KEY: …`. */
export function readSettings(
  { prefix, settings, defaults }: Pick<Returner, 'prefix' | 'settings' | 'defaults'>,
  options: Dict,
  { config, kwargs = new Map() }: SettingsWish,
): ReturnerSettings {
  const found = new Map<string, Value>();
  for (const [name, key] of Object.entries(settings)) {
    const preferred = config === undefined ? undefined : lookUp(options, `${config}.${prefix}`, key);
    const value = isSet(preferred) ? preferred : lookUp(options, prefix, key);
    if (isSet(value)) found.set(name, value);
    else if (defaults[name] !== undefined) found.set(name, defaults[name]);
  }
  for (const [name, value] of kwargs) found.set(pythonStr(name), value);
  return found;
}

function lookUp(options: Dict, prefix: string, key: string): Value | undefined {
  const group = options.get(prefix);
  const own = group !== undefined && isDict(group) ? group.get(key) : undefined;
  return own ?? options.get(`${prefix}.${key}`);
}

function isSet(value: Value | undefined): value is Value {
  return value !== undefined && value !== null && value !== '';
}

/** A setting as text. Throws `returner-settings` when it is missing. */
export function textSetting(settings: ReturnerSettings, name: string, key: string): string {
  const value = optionalText(settings, name);
  if (value !== undefined) return value;
  throw returnerError('returner-settings', `the returner needs the setting '${key}'`);
}

/** A setting as text, when there is one. */
export function optionalText(settings: ReturnerSettings, name: string): string | undefined {
  const value = settings.get(name);
  return value === undefined || value === null ? undefined : pythonStr(value);
}

/** A setting as a whole number. Throws `returner-settings` when it is none. */
export function numberSetting(settings: ReturnerSettings, name: string, otherwise: number): number {
  const value = Number(optionalText(settings, name) ?? otherwise);
  if (Number.isInteger(value) && value >= 0) return value;
  throw returnerError('returner-settings', `the setting '${name}' of the returner is not a number`);
}

/** Whether a setting is switched on. */
export function flagSetting(settings: ReturnerSettings, name: string): boolean {
  return settings.get(name) === true;
}
