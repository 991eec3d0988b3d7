import { AppError, isDict, isFloat, pythonRepr, pythonStr, type Dict, type Value } from '@brine/common';

const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`;

/** Writes a property list of Apple as XML, as Python's plistlib does. Throws `text-serialize` for what it cannot hold. */
export function writePlist(value: Value, sortsKeys: boolean): string {
  return `${head}${writeValue(value, '', sortsKeys)}</plist>\n`;
}

function writeValue(value: Value, indent: string, sortsKeys: boolean): string {
  const element = (name: string, text: string): string => `${indent}<${name}>${text}</${name}>\n`;
  if (typeof value === 'string') return element('string', escape(value));
  if (typeof value === 'boolean') return `${indent}<${value ? 'true' : 'false'}/>\n`;
  if (isFloat(value)) return element('real', pythonRepr(value));
  if (typeof value === 'number' || typeof value === 'bigint') return element('integer', pythonStr(value));
  if (value instanceof Uint8Array)
    return `${indent}<data>\n${indent}${Buffer.from(value).toString('base64')}\n${indent}</data>\n`;
  if (Array.isArray(value)) {
    const items = value.map((item) => writeValue(item, `${indent}\t`, sortsKeys));
    return writeContainer('array', items, indent);
  }
  if (isDict(value)) return writeContainer('dict', writeMembers(value, indent, sortsKeys), indent);
  throw new AppError({ code: 'text-serialize', message: `A property list cannot hold ${pythonRepr(value)}` });
}

function writeContainer(name: string, items: readonly string[], indent: string): string {
  if (items.length === 0) return `${indent}<${name}/>\n`;
  return `${indent}<${name}>\n${items.join('')}${indent}</${name}>\n`;
}

function writeMembers(value: Dict, indent: string, sortsKeys: boolean): readonly string[] {
  const rows = Array.from(value, ([key, item]) => [pythonStr(key), item] as const);
  const sorted = sortsKeys ? rows.toSorted(([a], [b]) => (a < b ? -1 : 1)) : rows;
  return sorted.map(
    ([key, item]) => `${indent}\t<key>${escape(key)}</key>\n${writeValue(item, `${indent}\t`, sortsKeys)}`,
  );
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
