import {
  dumpJson,
  dumpYaml,
  isDict,
  loadJson,
  loadYaml,
  pythonStr,
  type Dict,
  type DumpYamlOptions,
  type Value,
} from '@brine/common';
import { z } from 'zod';
import { dict, nullableValue, text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { isTruthy } from '../../kit/truth.ts';

const serializer = text().describe('json, yaml or configparser.');
const kwargs = dict().describe('Options of the serializer, e.g. `sort_keys` or `indent`.');

export const serialize = defineFunction({
  name: 'slsutil.serialize',
  summary: 'Writes a value in a format.',
  args: z.object({ serializer, obj: nullableValue().describe('The value.'), kwargs }),
  keywords: 'kwargs',
  examples: [`'*' slsutil.serialize json '{foo: Foo!}'`],
  run: ({ serializer: name, obj, kwargs: options }) => formatOf(name, 'serialize').write(obj, options),
});

export const deserialize = defineFunction({
  name: 'slsutil.deserialize',
  summary: 'Reads a text in a format.',
  args: z.object({ serializer, stream_or_string: text().describe('The text.'), kwargs }),
  keywords: 'kwargs',
  examples: [`'*' slsutil.deserialize yaml 'foo: Foo!'`],
  run: ({ serializer: name, stream_or_string: written }) => formatOf(name, 'deserialize').read(written),
});

interface Format {
  write(value: Value, options: Dict): string;
  read(written: string): Value;
}

const formats: ReadonlyMap<string, Format> = new Map([
  ['json', { write: writeJson, read: loadJson }],
  ['yaml', { write: writeYaml, read: (written) => loadYaml(written).value }],
  ['configparser', { write: writeSections, read: readSections }],
]);

function formatOf(name: string, way: 'serialize' | 'deserialize'): Format {
  const format = formats.get(name);
  if (format !== undefined) return format;
  throw failure(`Serializer '${name}' not found: ${way} knows ${[...formats.keys()].join(', ')}.`);
}

function writeJson(value: Value, options: Dict): string {
  const indent = options.get('indent');
  return dumpJson(value, {
    sortKeys: isTruthy(options.get('sort_keys') ?? false),
    ensureAscii: isTruthy(options.get('ensure_ascii') ?? false),
    ...(typeof indent === 'number' ? { indent } : {}),
  });
}

function writeYaml(value: Value, options: Dict): string {
  const indent = options.get('indent');
  const width = options.get('width');
  const flow = options.get('default_flow_style');
  const settings: DumpYamlOptions = {
    flow: flow === false ? 'block' : 'auto',
    ...(options.get('sort_keys') === false ? { sortKeys: false } : {}),
    ...(typeof indent === 'number' ? { indent } : {}),
    ...(typeof width === 'number' ? { width } : {}),
  };
  // The mark that ends a bare scalar is left out, as in Salt.
  return dumpYaml(value, settings).replace(/(\n\.\.\.)?\n$/, '');
}

function writeSections(value: Value): string {
  if (!isDict(value)) throw failure('configparser takes a dictionary of sections.');
  const sections = Array.from(value, ([name, members]) => {
    if (!isDict(members)) throw failure(`configparser: the section ${pythonStr(name)} is no dictionary.`);
    const lines = Array.from(members, ([key, member]) => `${pythonStr(key)} = ${pythonStr(member)}\n`);
    return `[${pythonStr(name)}]\n${lines.join('')}\n`;
  });
  return sections.join('').replace(/\n\n$/, '\n');
}

function readSections(written: string): Value {
  const sections: Dict = new Map();
  let section: Dict | undefined;
  for (const line of written.split('\n').map((each) => each.trim())) {
    if (line === '' || /^[#;]/.test(line)) continue;
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header !== undefined) {
      section = new Map();
      sections.set(header, section);
      continue;
    }
    const [, key, member = ''] = /^(.*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (section === undefined || key === undefined) throw failure(`configparser cannot read the line '${line}'.`);
    section.set(key.toLowerCase(), member);
  }
  return sections;
}
