import { AppError, isDict, isFloat, pythonRepr, pythonStr, type Dict, type Value } from '@brine/common';

/** Writes TOML as Python's toml does: values first, tables behind them level by level. Throws `text-serialize`. */
export function writeToml(value: Value): string {
  if (!isDict(value)) throw unwritable(value);
  const top = dumpTable(value, '');
  let text = top.text;
  for (let tables = top.tables; tables.size > 0;) {
    const deeper = new Map<string, Dict>();
    for (const [name, table] of tables) {
      const dumped = dumpTable(table, name);
      const isShown = dumped.text !== '' || dumped.tables.size === 0;
      const gap = text === '' || text.endsWith('\n\n') ? '' : '\n';
      if (isShown) text += `${gap}[${name}]\n${dumped.text}`;
      for (const [key, inner] of dumped.tables) deeper.set(`${name}.${key}`, inner);
    }
    tables = deeper;
  }
  return text;
}

interface DumpedTable {
  readonly text: string;
  readonly tables: ReadonlyMap<string, Dict>;
}

function dumpTable(table: Dict, above: string): DumpedTable {
  const tables = new Map<string, Dict>();
  let [values, arrays] = ['', ''];
  for (const [key, value] of table) {
    const name = writeKey(pythonStr(key));
    if (isDict(value)) tables.set(name, value);
    else if (Array.isArray(value) && value.some(isDict))
      arrays += value.map((item) => dumpItem(item, above === '' ? name : `${above}.${name}`)).join('');
    // TOML knows no null: what has none is not there.
    else if (value !== null) values += `${name} = ${writeValue(value)}\n`;
  }
  return { text: values + arrays, tables };
}

function dumpItem(item: Value, name: string): string {
  if (!isDict(item)) throw unwritable(item);
  const own = dumpTable(item, name);
  let [text, behind] = [`[[${name}]]\n`, '\n'];
  if (own.text.startsWith('[')) behind += own.text;
  else text += own.text;
  for (let tables = own.tables; tables.size > 0;) {
    const deeper = new Map<string, Dict>();
    for (const [key, table] of tables) {
      const dumped = dumpTable(table, `${name}.${key}`);
      if (dumped.text !== '') behind += `[${name}.${key}]\n${dumped.text}`;
      for (const [inner, one] of dumped.tables) deeper.set(`${key}.${inner}`, one);
    }
    tables = deeper;
  }
  return text + behind;
}

function writeKey(key: string): string {
  return /^[\w-]+$/.test(key) ? key : writeText(key);
}

function writeValue(value: Value): string {
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[ ${value.map((item) => `${writeValue(item)},`).join(' ')}]`;
  if (typeof value === 'number' || typeof value === 'bigint' || isFloat(value)) return pythonRepr(value);
  throw unwritable(value);
}

function writeText(text: string): string {
  const escaped = JSON.stringify(text).replace(/\u007f/g, '\\u007f');
  return escaped;
}

function unwritable(value: Value): AppError {
  return new AppError({ code: 'text-serialize', message: `TOML cannot hold ${pythonRepr(value)} here` });
}
