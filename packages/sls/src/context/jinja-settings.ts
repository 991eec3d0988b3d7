import { closestName, getDict, pythonStr, type Dict, type Problem, type Value } from '@brine/common';
import type { JinjaOptions } from '@brine/jinja';

/** How the configuration sets Jinja up. */
export interface JinjaSettings {
  readonly settings: JinjaOptions;
  readonly warnings: readonly Problem[];
}

const texts: ReadonlyMap<string, keyof JinjaOptions> = new Map([
  ['block_start_string', 'blockStart'],
  ['block_end_string', 'blockEnd'],
  ['variable_start_string', 'variableStart'],
  ['variable_end_string', 'variableEnd'],
  ['comment_start_string', 'commentStart'],
  ['comment_end_string', 'commentEnd'],
  ['line_statement_prefix', 'lineStatementPrefix'],
  ['line_comment_prefix', 'lineCommentPrefix'],
]);

const switches: ReadonlyMap<string, keyof JinjaOptions> = new Map([
  ['trim_blocks', 'trimBlocks'],
  ['lstrip_blocks', 'lstripBlocks'],
  ['keep_trailing_newline', 'keepTrailingNewline'],
]);

/**
 * Reads the Jinja settings of a configuration: `jinja_sls_env` for state and pillar files, `jinja_env` for all
 * other templates, the older `jinja_trim_blocks` and `jinja_lstrip_blocks`, and `allow_undefined`.
 */
export function jinjaSettings(options: Dict, isSls: boolean): JinjaSettings {
  const section = isSls ? 'jinja_sls_env' : 'jinja_env';
  const read: Record<string, string | boolean> = {};
  const warnings: Problem[] = [];
  for (const [key, value] of getDict(options, section) ?? []) {
    const name = pythonStr(key);
    const setting = readSetting(name.toLowerCase(), value);
    if (setting === undefined) warnings.push(unknownSetting(section, name));
    else Object.assign(read, setting);
  }
  if (options.get('jinja_trim_blocks') === true) read['trimBlocks'] = true;
  if (options.get('jinja_lstrip_blocks') === true) read['lstripBlocks'] = true;
  if (options.get('allow_undefined') === true) read['undefined'] = 'lenient';
  return { settings: read, warnings };
}

function readSetting(key: string, value: Value): JinjaOptions | undefined {
  const text = texts.get(key);
  // Null stands for a prefix that is not set.
  if (text !== undefined) return typeof value === 'string' ? { [text]: value } : value === null ? {} : undefined;
  const toggle = switches.get(key);
  return toggle !== undefined && typeof value === 'boolean' ? { [toggle]: value } : undefined;
}

function unknownSetting(section: string, key: string): Problem {
  const near = closestName(key, [...texts.keys(), ...switches.keys()]);
  return {
    severity: 'warning',
    code: 'jinja-setting',
    summary: `${section} sets ${key}, which is not a setting of Jinja that is known here, or not to such a value`,
    ...(near === undefined || near === key ? {} : { help: `did you mean ${near}?` }),
  };
}
