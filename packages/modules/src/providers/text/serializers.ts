import {
  AppError,
  dumpJson,
  dumpYaml,
  loadJson,
  loadYaml,
  pythonRepr,
  pythonStr,
  type Dict,
  type Value,
} from '@brine/common';
import { readSections, writeSections } from './config-sections.ts';
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
  configparser: {
    name: 'configparser',
    write: writeConfig,
    read: (content) => readSections(content.toString('utf8')),
  },
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
  return loadJson(content.toString('utf8'));
}

const jsonOptions: ReadonlySet<string> = new Set(
  'skipkeys ensure_ascii check_circular allow_nan cls indent separators default sort_keys'.split(' '),
);

function writeJson(value: Value, { options }: WriteOptions): string {
  refuseUnknown('json', options, jsonOptions);
  const indent = options.has('indent') ? options.get('indent') : 2;
  const separators = options.get('separators');
  const [item, key] = Array.isArray(separators) ? separators.map((one) => pythonStr(one)) : [',', ': '];
  return dumpJson(value, {
    ...(typeof indent === 'number' || typeof indent === 'string' ? { indent } : {}),
    sortKeys: options.get('sort_keys') !== false,
    ensureAscii: options.get('ensure_ascii') === true,
    separators: [item ?? ',', key ?? ': '],
  });
}

const configOptions: ReadonlySet<string> = new Set(
  (
    'defaults dict_type allow_no_value delimiters comment_prefixes inline_comment_prefixes strict ' +
    'empty_lines_in_values default_section interpolation converters'
  ).split(' '),
);

function writeConfig(value: Value, { options }: WriteOptions): string {
  refuseUnknown('configparser', options, configOptions);
  return writeSections(value);
}

const yamlOptions: ReadonlySet<string> = new Set(
  (
    'Dumper default_style default_flow_style canonical indent width allow_unicode line_break encoding ' +
    'explicit_start explicit_end version tags sort_keys'
  ).split(' '),
);

function refuseUnknown(format: string, options: Dict, known: ReadonlySet<string>): void {
  for (const option of options.keys())
    if (!known.has(pythonStr(option)))
      throw new AppError({ code: 'text-edit', message: `${pythonStr(option)} is no option of ${format}` });
}

function writeYaml(value: Value, { keepsLetters, options }: WriteOptions): string {
  refuseUnknown('yaml', options, yamlOptions);
  const [indent, width] = [options.get('indent'), options.get('width')];
  const text = dumpYaml(value, {
    flow: yamlFlow(options.get('default_flow_style')),
    sortKeys: options.get('sort_keys') !== false,
    ensureAscii: (options.get('allow_unicode') ?? keepsLetters) !== true,
    ...(typeof indent === 'number' ? { indent } : {}),
    ...(typeof width === 'number' ? { width } : {}),
  });
  return yamlMarks(text.replace(/\n\.\.\.\n$/, '').replace(/\n$/, ''), value, options);
}

function yamlFlow(style: Value | undefined): 'auto' | 'block' | 'flow' {
  if (style === null) return 'auto';
  return style === true ? 'flow' : 'block';
}

function yamlMarks(text: string, value: Value, options: Dict): string {
  const isBlock = typeof value === 'object' && value !== null && !/^[[{]/.test(text);
  const start = options.get('explicit_start') === true ? `---${isBlock ? '\n' : ' '}` : '';
  return `${start}${text}${options.get('explicit_end') === true ? '\n...' : ''}`;
}
