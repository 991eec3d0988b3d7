import type { Dict } from '@brine/common';

/** What `state.disable` says against running these files; empty when nothing does. */
export function disabledFiles(names: readonly string[], grains: Dict): string[] {
  const disabled = grains.get('state_runs_disabled');
  const rules = Array.isArray(disabled) ? disabled.filter((rule) => typeof rule === 'string') : [];
  return names.flatMap((name) => rules.map((rule) => objection(name, rule)).filter((text) => text !== undefined));
}

function objection(name: string, rule: string): string | undefined {
  const again = `to re-enable, run state.enable ${rule}.`;
  if (rule.includes('.*')) {
    const prefix = `${rule.split('.', 1)[0] ?? ''}.`;
    return name.startsWith(prefix)
      ? `The state file "${name}" is currently disabled by "${rule}", ${again}`
      : undefined;
  }
  return rule === name ? `The state file "${name}" is currently disabled, ${again}` : undefined;
}
