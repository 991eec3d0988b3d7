import { pythonStr } from '../python-repr.ts';
import type { Dict, Value } from '../value.ts';

/** The keys of the configuration that the `highstate` outputter follows. */
export interface HighstateSettings {
  /** `full`, `terse`, `mixed`, `changes`, `filter`. */
  readonly form: string;
  /** Whether ids are shown in the place of names (`terse_id` and so on). */
  readonly showsIds: boolean;
  /** Whether successful steps without changes are shown. */
  readonly isVerbose: boolean;
  readonly showsOnlyChanges: boolean;
  readonly showsTimes: boolean;
  readonly showsShares: boolean;
  /** One line a step in columns, or a format of one's own: fields as `_format_terse` of Salt numbers them. */
  readonly tabular: boolean | string;
  readonly compressesIds: boolean;
  /** Results (`True`, `False`, `None`) that the form `filter` leaves out. */
  readonly excluded: readonly string[];
  /** Results that the form `filter` shows on one line. */
  readonly terse: readonly string[];
}

/** Reads the settings; what is absent has Salt's default. */
export function createHighstateSettings(settings: Dict): HighstateSettings {
  const flag = (key: string, otherwise: boolean): boolean => {
    const value = settings.get(key);
    return typeof value === 'boolean' ? value : otherwise;
  };
  const output = settings.get('state_output');
  const mode = typeof output === 'string' ? output.toLowerCase() : 'full';
  return {
    form: mode.replace(/_id$/, ''),
    showsIds: mode.endsWith('_id'),
    isVerbose: flag('state_verbose', true),
    showsOnlyChanges: flag('state_output_diff', false),
    showsTimes: flag('state_output_profile', true),
    showsShares: flag('state_output_pct', false),
    tabular: tabularOf(settings.get('state_tabular')),
    compressesIds: flag('state_compress_ids', false),
    excluded: resultNames(settings.get('state_output_exclude')),
    terse: resultNames(settings.get('state_output_terse')),
  };
}

function tabularOf(value: Value | undefined): boolean | string {
  return typeof value === 'string' ? value : value === true;
}

function resultNames(value: Value | undefined): readonly string[] {
  if (typeof value === 'string') return value.split(',');
  return Array.isArray(value) ? value.map(pythonStr) : [];
}
