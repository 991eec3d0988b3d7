import { isDict, pythonStr, type Dict, type Problem, type SourceSpan, type Value } from '@brine/common';
import type { TreeText } from '../file-roots/state-files.ts';
import { createSlsCatalogue } from '../high/sls-catalogue.ts';
import type { TopInput } from './top-input.ts';
import { textSetting } from './top-input.ts';
import { errorAt, renderProblems } from './top-problem.ts';

/** One rendered top file. */
export interface TopFile {
  readonly saltenv: string;
  /** Environment → targets; without `include`. */
  readonly body: Dict;
  readonly spanOf: (container: Value, key: Value) => SourceSpan | undefined;
}

/** The top files of each environment, in order; an environment without one has an empty list. */
export interface TopFiles {
  readonly files: ReadonlyMap<string, readonly TopFile[]>;
  readonly found: boolean;
}

interface Reader {
  readonly input: TopInput;
  readonly report: (problem: Problem) => void;
}

/** Renders the top file of each environment and what it includes. */
export async function readTopFiles(
  environments: readonly string[],
  input: TopInput,
  report: (problem: Problem) => void,
): Promise<TopFiles> {
  const files = new Map<string, readonly TopFile[]>();
  const path = textSetting(input.context.options, 'state_top', 'top.sls').replace(/^\//, '');
  let found = false;
  for (const saltenv of environments) {
    const source = await input.files.readText(path, saltenv);
    found ||= source !== undefined;
    const tops = source === undefined ? [] : await readTop({ input, report }, source, saltenv);
    files.set(saltenv, tops);
  }
  return { files, found };
}

async function readTop(
  reader: Reader,
  source: { readonly text: string; readonly file: string },
  saltenv: string,
): Promise<TopFile[]> {
  const top = await renderTop(reader, source, { saltenv, what: 'Rendering Primary Top file failed' });
  if (top === undefined) return [];
  return [top.file, ...(await readIncluded(reader, top.include, saltenv))];
}

async function readIncluded(reader: Reader, include: Value, saltenv: string): Promise<TopFile[]> {
  const tops: TopFile[] = [];
  const catalogue = createSlsCatalogue(reader.input.files);
  for (const name of Array.isArray(include) ? include : []) {
    for (const sls of await catalogue.matching(pythonStr(name), saltenv)) {
      const source = await catalogue.read(sls, saltenv);
      const what = `Rendering Top file ${sls} failed`;
      if (source === undefined) {
        reader.report(errorAt('top-render', `${what}: there is no such file in the environment '${saltenv}'`));
        continue;
      }
      const top = await renderTop(reader, source, { saltenv, what });
      if (top !== undefined) tops.push(top.file);
    }
  }
  return tops;
}

async function renderTop(
  { input, report }: Reader,
  source: TreeText,
  { saltenv, what }: { readonly saltenv: string; readonly what: string },
): Promise<{ readonly file: TopFile; readonly include: Value } | undefined> {
  const { file } = source;
  try {
    const { value, positionOf, warnings } = await input.renderer.render({ ...source, saltenv }, input.context);
    for (const warning of warnings) report(warning);
    if (!isDict(value)) {
      report(errorAt('top-invalid', 'Top data was not formed as a dict', { file, line: 1 }));
      return undefined;
    }
    const include = value.get('include') ?? [];
    value.delete('include');
    const spanOf = (container: Value, key: Value): SourceSpan | undefined =>
      isDict(container) || Array.isArray(container) ? positionOf(container, key) : undefined;
    return { file: { saltenv, body: value, spanOf }, include };
  } catch (error) {
    for (const problem of renderProblems(error, 'top-render', what)) report(problem);
    return undefined;
  }
}
