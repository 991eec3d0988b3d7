import { closestName } from '../closest-name.ts';
import { dumpJson } from '../dump-json.ts';
import type { Value } from '../value.ts';
import { dumpYaml } from '../yaml/dump-yaml.ts';
import { renderHighstate } from './highstate.ts';
import { renderKeyList } from './key-list.ts';
import { renderNested } from './nested.ts';
import { renderNoReturn } from './no-return.ts';
import type { OutputOptions } from './output-options.ts';
import { renderNewlineValuesOnly, renderRaw, renderText } from './plain-forms.ts';
import { prettyPrint } from './pretty-print.ts';
import { renderProfile } from './profile.ts';
import { renderTable } from './table.ts';
import { UnsuitableAnswer } from './unsuitable.ts';

type Outputter = (value: Value, options: OutputOptions) => string;

const outputters: ReadonlyMap<string, Outputter> = new Map<string, Outputter>([
  ['highstate', renderHighstate],
  ['json', renderJson],
  ['key', renderKeyList],
  ['nested', renderNested],
  ['newline_values_only', renderNewlineValuesOnly],
  ['no_return', renderNoReturn],
  ['pprint', (value, { indent }) => prettyPrint(value, indent !== undefined && indent >= 0 ? indent : 1)],
  ['profile', renderProfile],
  ['quiet', () => ''],
  ['raw', renderRaw],
  ['table', renderTable],
  ['text', renderText],
  ['txt', renderText],
  ['yaml', renderYaml],
]);

/** The names that {@link renderOutput} knows. */
export const outputterNames: readonly string[] = [...outputters.keys()];

/** What is wrong with the name of an outputter that somebody chose; `undefined` when there is one. */
export function outputterProblem(name: string): string | undefined {
  if (outputters.has(name)) return undefined;
  const closest = closestName(name, outputterNames);
  const hint = closest === undefined ? '' : ` (did you mean '${closest}'?)`;
  return `there is no outputter '${name}'${hint}: the output is nested`;
}

/**
 * Writes an answer as Salt's outputter of that name does, without a final line break of its own; an unknown name is
 * `nested`, as in Salt, and so is what an outputter has no form for. Print nothing when the result is empty.
 */
export function renderOutput(name: string, value: Value, options: OutputOptions): string {
  try {
    return (outputters.get(name) ?? renderNested)(value, options);
  } catch (error) {
    if (error instanceof UnsuitableAnswer) return renderNested(value, options);
    throw error;
  }
}

function renderJson(value: Value, { indent = 4 }: OutputOptions): string {
  return dumpJson(value, { ensureAscii: false, bytes: 'literal', ...(indent < 0 ? {} : { indent }) });
}

function renderYaml(value: Value, { indent, keepsOrder }: OutputOptions): string {
  const order = { sortKeys: keepsOrder !== true };
  if (indent === undefined) return dumpYaml(value, { ...order, flow: 'block' });
  return indent < 0
    ? dumpYaml(value, { ...order, flow: 'flow' })
    : dumpYaml(value, { ...order, flow: 'block', indent });
}
