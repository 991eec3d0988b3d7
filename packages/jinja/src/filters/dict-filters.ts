import { loadYaml } from '@brine/common';
import { updateFrom } from '../methods/dict-methods.ts';
import { toTextArgument } from '../runtime/argument-values.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { fault, TemplateFault } from '../template-fault.ts';
import { getItem, setItem } from '../values/dict-items.ts';
import { equals } from '../values/equality.ts';
import { iterate, toList } from '../values/iteration.ts';
import { isIntLike } from '../values/numbers.ts';
import { parseInteger } from '../values/parse-number.ts';
import { toText } from '../values/python-text.ts';
import { PythonObject, Tuple, Undefined, type RuntimeDict, type RuntimeValue } from '../values/runtime-value.ts';
import { isTrue } from '../values/truth.ts';
import { typeName } from '../values/type-name.ts';
import { toNumberOrText } from './salt-text-filters.ts';

function asDict(value: RuntimeValue): RuntimeDict {
  if (value instanceof Undefined) value.fail();
  if (value instanceof Map) return value;
  throw fault(`expected a dict, not ${typeName(value)}`);
}

function dictOrNothing(value: RuntimeValue): RuntimeDict {
  return isTrue(value) ? asDict(value) : new Map();
}

function compareDicts(old: RuntimeDict, now: RuntimeDict): RuntimeDict {
  const changes: RuntimeDict = new Map();
  const change = (before: RuntimeValue, after: RuntimeValue): RuntimeDict =>
    new Map<RuntimeValue, RuntimeValue>([
      ['old', before],
      ['new', after],
    ]);
  for (const [key, value] of now) {
    const before = getItem(old, key);
    if (before === undefined) changes.set(key, change('', value));
    else if (!equals(before, value)) changes.set(key, change(before, value));
  }
  for (const [key, value] of old) if (getItem(now, key) === undefined) changes.set(key, change(value, ''));
  return changes;
}

interface PathEnd {
  readonly parent: RuntimeDict;
  readonly key: string;
}

/** Makes sure that all but the last step of a path are dicts. */
function followPath(dict: RuntimeDict, path: RuntimeValue | undefined, delimiter: RuntimeValue | undefined): PathEnd {
  const steps = toTextArgument(path).split(toTextArgument(delimiter, ':'));
  const key = steps.pop() ?? '';
  let parent = dict;
  for (const step of steps) {
    let next = parent.get(step);
    if (!(next instanceof Map)) {
      next = new Map();
      parent.set(step, next);
    }
    parent = next;
  }
  return { parent, key };
}

type Change = (end: PathEnd, value: RuntimeValue) => void;

/** What is at the end of a path, made new where nothing or `None` is. */
function itemAt({ parent, key }: PathEnd, fresh: RuntimeValue): RuntimeValue {
  const present = parent.get(key);
  if (present !== undefined && present !== null) return present;
  parent.set(key, fresh);
  return fresh;
}

function pathFilter(name: string, change: Change): Routine {
  return routine(name, 'keys value delimiter? ordered_dict?', (value, [path, item = null, delimiter]) => {
    change(followPath(asDict(value), path, delimiter), item);
    return value;
  });
}

const updateAt: Change = (end, value) => {
  const target = itemAt(end, new Map());
  if (!(target instanceof Map)) throw fault(`The last key contains a ${typeName(target)}, which cannot update.`);
  updateFrom(target, value);
};

const appendAt: Change = (end, value) => {
  const target = itemAt(end, []);
  if (!Array.isArray(target)) throw fault(`The last key contains a ${typeName(target)}, which cannot append.`);
  target.push(value);
};

const extendAt: Change = (end, value) => {
  const target = itemAt(end, []);
  if (!Array.isArray(target)) throw fault(`The last key contains a ${typeName(target)}, which cannot extend.`);
  for (const item of toList(value)) target.push(item);
};

/** Follows a path as pillar.get does; `undefined` when it leads nowhere. */
function traverse(data: RuntimeValue, steps: readonly RuntimeValue[]): RuntimeValue | undefined {
  let current: RuntimeValue | undefined = data;
  for (const step of steps) {
    if (current instanceof Map) current = stepIntoDict(current, step);
    else if (Array.isArray(current)) current = stepIntoList(current, step);
    else current = current instanceof PythonObject ? current.item(step) : undefined;
    if (current === undefined) return undefined;
  }
  return current;
}

function stepIntoDict(dict: RuntimeDict, step: RuntimeValue): RuntimeValue | undefined {
  const found = getItem(dict, step);
  if (found !== undefined || typeof step !== 'string') return found;
  const meant = readAsYaml(step);
  return meant === undefined || Array.isArray(meant) || meant instanceof Map ? undefined : getItem(dict, meant);
}

function readAsYaml(text: string): RuntimeValue | undefined {
  try {
    return loadYaml(text).value;
  } catch {
    // Whatever is no YAML is only itself.
    return undefined;
  }
}

function stepIntoList(list: readonly RuntimeValue[], step: RuntimeValue): RuntimeValue | undefined {
  const index = isIntLike(step) ? Number(step) : typeof step === 'string' ? parseInteger(step) : undefined;
  for (const member of list) {
    const found = member instanceof Map ? getItem(member, index ?? step) : undefined;
    if (found !== undefined) return found;
  }
  return index === undefined ? undefined : list.at(Number(index));
}

function pathSteps(path: RuntimeValue, delimiter: string): readonly RuntimeValue[] {
  if (typeof path === 'string') return path.split(delimiter);
  return isIntLike(path) ? [path] : toList(path);
}

function traverseOr(value: RuntimeValue, [path = null, fallback = null, delimiter]: BoundArguments): RuntimeValue {
  if (value instanceof Undefined) value.fail();
  const found = traverse(value, pathSteps(path, toTextArgument(delimiter, ':')));
  return found === undefined ? fallback : found;
}

/** Rows of a table as the mysql client draws it, by the column `key`. */
function readMysqlTable(lines: RuntimeValue, key: RuntimeValue): RuntimeDict {
  const rows: RuntimeDict = new Map();
  let headers: string[] | undefined;
  for (const item of iterate(lines)) {
    const line = toTextArgument(item);
    if (line === '' || line.startsWith('+')) continue;
    const cells = line.split('|').map((cell) => cell.trim());
    if (headers === undefined || headers.length <= 1) {
      headers = cells;
      continue;
    }
    const row: RuntimeDict = new Map();
    for (let field = 1; field < headers.length - 1; field += 1) {
      row.set(headers[field] ?? '', toNumberOrText(cells[field] ?? ''));
    }
    const name = getItem(row, key);
    if (name === undefined) throw fault(`KeyError: ${toText(key)}`);
    setItem(rows, name, row);
  }
  return rows;
}

/** The texts in data as bytes, keys as well; what `json_encode_dict` and its kin do. */
function toByteTexts(value: RuntimeValue): RuntimeValue {
  if (typeof value === 'string') return new Uint8Array(Buffer.from(value, 'utf8'));
  if (Array.isArray(value)) return value.map(toByteTexts);
  if (value instanceof Tuple) return value.items.map(toByteTexts);
  if (!(value instanceof Map)) return value;
  return new Map(Array.from(value, ([key, item]) => [toByteTexts(key), toByteTexts(item)]));
}

function encodeFilter(name: string): Routine {
  return routine(name, '', (value) => {
    if (value instanceof Map || Array.isArray(value)) return toByteTexts(value);
    throw new TemplateFault('jinja-error', `${name} takes a list or dict, not ${typeName(value)}`);
  });
}

export const dictFilters: readonly Routine[] = [
  routine('compare_dicts', 'new?', (value, [now = null]) => compareDicts(dictOrNothing(value), dictOrNothing(now))),
  pathFilter('set_dict_key_value', ({ parent, key }, value) => parent.set(key, value)),
  pathFilter('update_dict_key_value', updateAt),
  pathFilter('append_dict_key_value', appendAt),
  pathFilter('extend_dict_key_value', extendAt),
  routine('traverse', 'key default? delimiter?', traverseOr),
  routine('mysql_to_dict', 'key', (value, [key = null]) => readMysqlTable(value, key)),
  ...['json_encode_dict', 'json_decode_dict', 'json_encode_list', 'json_decode_list'].map(encodeFilter),
];
