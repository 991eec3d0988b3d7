import {
  dumpJson,
  dumpYaml,
  isDict,
  loadJson,
  loadYaml,
  pythonRepr,
  pythonStr,
  type Dict,
  type Value,
} from '@brine/common';
import { writeMsgpack } from './msgpack-bytes.ts';
import { writePlist } from './plist-text.ts';
import { readMsgpack } from './read-msgpack.ts';
import { readPlist } from './read-plist.ts';
import { readToml } from './read-toml.ts';
import { writeToml } from './toml-text.ts';

/** How a format is to be written. */
export interface WriteOptions {
  /** Whether letters beyond ASCII stay as they are. */
  readonly keepsLetters: boolean;
  /** Salt's `serializer_opts`. */
  readonly options: Dict;
}

/** A format of `file.serialize`. */
export interface Serializer {
  readonly name: string;
  /** Writes data: text without a line break at its end, or bytes that are complete. */
  write(value: Value, options: WriteOptions): string | Uint8Array;
  /** Reads what a file has; absent when the format cannot be read. */
  readonly read?: (content: Buffer) => Value;
}

const serializers: Readonly<Record<string, Serializer>> = {
  json: { name: 'json', write: writeJson, read: readJson },
  yaml: { name: 'yaml', write: writeYaml, read: (content) => loadYaml(content.toString('utf8')).value },
  python: { name: 'python', write: (value) => pythonRepr(value) },
  configparser: { name: 'configparser', write: writeSections },
  toml: { name: 'toml', write: writeToml, read: (content) => readToml(content.toString('utf8')) },
  plist: {
    name: 'plist',
    write: (value, { options }) => Buffer.from(writePlist(value, options.get('sort_keys') !== false)),
    read: readPlist,
  },
  msgpack: { name: 'msgpack', write: writeMsgpack, read: readMsgpack },
};

/** Finds a format by its name; a text says that there is none. */
export function findSerializer(name: string): Serializer | string {
  const key = name.toLowerCase();
  const found = Object.hasOwn(serializers, key) ? serializers[key] : undefined;
  return (
    found ??
    `The ${key} serializer could not be found. It either does not exist or its prerequisites are not installed.`
  );
}

function readJson(content: Buffer): Value {
  const text = content.toString('utf8');
  return text.trim() === '' ? null : loadJson(text);
}

function writeJson(value: Value, { keepsLetters, options }: WriteOptions): string {
  const indent = options.get('indent') ?? 2;
  return dumpJson(value, {
    ...(typeof indent === 'number' ? { indent } : {}),
    sortKeys: options.get('sort_keys') !== false,
    ensureAscii: (options.get('ensure_ascii') ?? !keepsLetters) === true,
  });
}

function writeYaml(value: Value, { options }: WriteOptions): string {
  const [indent, width] = [options.get('indent'), options.get('width')];
  const text = dumpYaml(value, {
    flow: options.get('default_flow_style') === null ? 'auto' : 'block',
    sortKeys: options.get('sort_keys') !== false,
    ...(typeof indent === 'number' ? { indent } : {}),
    ...(typeof width === 'number' ? { width } : {}),
  });
  return text.replace(/\n\.\.\.\n$/, '').replace(/\n$/, '');
}

function writeSections(value: Value): string {
  const sections = isDict(value) ? [...value] : [];
  const blocks = sections.map(([name, options]) => {
    const rows = isDict(options) ? [...options] : [];
    return `[${pythonStr(name)}]\n${rows.map(([key, item]) => `${pythonStr(key)} = ${pythonStr(item)}\n`).join('')}\n`;
  });
  return blocks.join('');
}
