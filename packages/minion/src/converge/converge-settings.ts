import { isDict, isFloat, isInteger, pythonStr, type Dict, type Value } from '@brine/common';
import { minionError } from '../errors.ts';

/** How a minion keeps itself in its described state. Times are milliseconds. */
export interface ConvergeSettings {
  readonly interval: number;
  readonly splay: number;
  /** `enforce` repairs what drifted, `report` only tells. */
  readonly mode: 'enforce' | 'report';
  /** Whether the files of the last run are watched between runs. */
  readonly watch: boolean;
}

const standard = { interval: 15 * 60_000, splay: 60_000 };
const keys = new Set(['interval', 'splay', 'mode', 'watch']);

/** Reads `converge` of the configuration; `undefined` when it is not there. Throws `converge-invalid`. */
export function readConvergeSettings(options: Dict): ConvergeSettings | undefined {
  const given = options.get('converge') ?? new Map();
  if (!isDict(given)) throw invalid('is a mapping such as {interval: 15m, mode: enforce}');
  if (given.size === 0) return undefined;
  const unknown = [...given.keys()].map(pythonStr).find((key) => !keys.has(key));
  if (unknown !== undefined) throw invalid(`has no '${unknown}'; it takes ${[...keys].join(', ')}`);
  const mode = readMode(given.get('mode') ?? 'report');
  const watch = given.get('watch') ?? true;
  if (typeof watch !== 'boolean') throw invalid('has a watch that is neither True nor False');
  const interval = readDuration('interval', given.get('interval'), standard.interval);
  if (interval < 1000) throw invalid('has an interval below a second');
  return { interval, splay: readDuration('splay', given.get('splay'), standard.splay), mode, watch };
}

function readMode(mode: Value): ConvergeSettings['mode'] {
  if (mode === 'enforce' || mode === 'report') return mode;
  throw invalid('has a mode that is neither enforce nor report');
}

const units: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time: a number of seconds, or `15m`, `1h`, `2d`. */
function readDuration(name: string, value: Value | undefined, otherwise: number): number {
  if (value === undefined || value === null) return otherwise;
  const text = isInteger(value) || isFloat(value) || typeof value === 'string' ? pythonStr(value) : '';
  const found = /^(\d+(?:\.\d+)?)\s*([smhd]?)$/.exec(text.trim());
  const unit = found === null ? undefined : units[found[2] ?? ''];
  if (found === null || unit === undefined) throw invalid(`has an ${name} that is no time such as 90s, 15m or 1h`);
  return Math.round(Number(found[1]) * unit);
}

function invalid(what: string) {
  return minionError('converge-invalid', `the configuration cannot be used: converge ${what}`);
}
