import { dumpJson, dumpYaml, isAppError, loadJson, loadYaml, type DumpJsonOptions, type Value } from '@brine/common';
import { prettyRepr } from '../formatting/pretty-repr.ts';
import { toXml } from '../formatting/xml-text.ts';
import { toFlag, toIntArgument, toTextArgument } from '../runtime/argument-values.ts';
import { searchJmes } from '../jmespath/jmespath-search.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { toHostValue } from '../runtime/to-host-value.ts';
import { TemplateModule } from '../runtime/template-module.ts';
import { fault } from '../template-fault.ts';
import { trim } from '../values/character-classes.ts';
import { repr, toText } from '../values/python-text.ts';
import { Markup, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { isTrue } from '../values/truth.ts';
import { doubleQuoted, encodeScalar, singleQuoted } from './yaml-scalars.ts';

/** Salt writes YAML through a dumper that has `NULL` for what it does not know; an undefined is that. */
function toYaml(value: RuntimeValue, flowStyle: RuntimeValue | undefined): Markup {
  const flow =
    flowStyle === undefined || (flowStyle !== null && isTrue(flowStyle))
      ? 'flow'
      : flowStyle === null
        ? 'auto'
        : 'block';
  const text = value instanceof Undefined ? 'NULL' : dumpYaml(toHostValue(value), { flow });
  return new Markup(trim(trim(text).replace(/\n\.\.\.$/, '')));
}

function jsonOptions(sortKeys: boolean, indent: RuntimeValue | undefined, ensureAscii: boolean): DumpJsonOptions {
  const spaces = indent === undefined || indent === null ? {} : { indent: toIntArgument(indent) };
  return { sortKeys, ensureAscii, ...spaces };
}

function toJson(value: RuntimeValue, [sortKeys, indent]: BoundArguments): Markup {
  return new Markup(trim(dumpJson(toHostValue(value), jsonOptions(toFlag(sortKeys, true), indent, false))));
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  "'": '\\u0027',
};

/** `tojson`: JSON that can stand in HTML; the further options of Python's `json.dumps` are refused by name. */
function toHtmlJson(value: RuntimeValue, [indent, sortKeys, ensureAscii]: BoundArguments): string {
  const text = dumpJson(toHostValue(value), jsonOptions(toFlag(sortKeys), indent, toFlag(ensureAscii, true)));
  return text.replace(/[<>&']/g, (character) => htmlEscapes[character] ?? character);
}

function toSourceText(value: RuntimeValue): RuntimeValue {
  return value instanceof TemplateModule || value instanceof Markup ? toText(value) : value;
}

function fromYaml(value: RuntimeValue): Value {
  const text = toSourceText(value);
  if (text instanceof Undefined) text.fail();
  if (typeof text !== 'string') throw fault(`Unable to load yaml from ${repr(text)}`);
  try {
    return loadYaml(text).value;
  } catch (error) {
    throw unreadable('yaml', error);
  }
}

function fromJson(value: RuntimeValue): Value {
  const text = toSourceText(value);
  if (text instanceof Undefined) text.fail();
  if (typeof text !== 'string') throw fault(`Unable to load json from ${repr(text)}`);
  try {
    return loadJson(text);
  } catch (error) {
    throw unreadable('json', error);
  }
}

/** What is wrong with a text that has no file of its own: the place that counts is the filter's. */
function unreadable(format: 'json' | 'yaml', error: unknown): unknown {
  if (!isAppError(error)) return error;
  const [problem] = error.problems;
  if (problem === undefined) return fault(`Unable to load ${format}: ${error.message}`);
  const where = problem.quotedLine === undefined ? '' : ` in the line ${repr(problem.quotedLine)}`;
  return fault(`Unable to load ${format}: ${problem.summary}${where}`, problem.help);
}

function toParameterList(value: RuntimeValue): RuntimeValue[] {
  if (!(value instanceof Map)) throw fault('dict_to_sls_yaml_params takes a dict');
  return Array.from(value, (pair) => new Map([pair]));
}

export const dataFilters: readonly Routine[] = [
  routine('yaml', 'flow_style?', (value, [flowStyle]) => toYaml(value, flowStyle)),
  routine('json', 'sort_keys? indent?', toJson),
  routine('tojson', 'indent? sort_keys? ensure_ascii?', toHtmlJson),
  routine('python', '', (value) => new Markup(trim(prettyRepr(value)))),
  routine('pprint', '', (value) => prettyRepr(value)),
  routine('xml', '', (value) => new Markup(toXml(value))),
  routine('load_yaml', '', fromYaml),
  routine('load_json', '', fromJson),
  routine('load_text', '', toSourceText),
  routine('dict_to_sls_yaml_params', 'flow_style?', (value, [flowStyle]) =>
    toYaml(toParameterList(value), flowStyle ?? false),
  ),
  routine('yaml_dquote', '', (value) => doubleQuoted(toText(value))),
  routine('yaml_squote', '', (value) => singleQuoted(toText(value))),
  routine('yaml_encode', '', encodeScalar),
  routine('json_query', 'expr', (value, [expression]) => searchJmes(toTextArgument(expression), value)),
];
